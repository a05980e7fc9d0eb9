#include "tests/support/json_schema.h"

#include <vector>

namespace testing_support {
namespace {

ChildProcess::End python(const ScratchFolder& folder, const std::vector<std::string>& arguments) {
  return ChildProcess(folder, "/usr/bin/python3", arguments, {}).wait();
}

}  // namespace

bool canValidate(const ScratchFolder& folder) {
  return python(folder, {"-c", "import jsonschema"}).exit_code == 0;
}

std::string complaints(const ScratchFolder& folder, const std::string& schema,
                       const std::string& object) {
  const auto end =
      python(folder, {"-c",
                      "import json, sys, jsonschema\n"
                      "schema = json.load(open(sys.argv[1]))\n"
                      "jsonschema.Draft202012Validator.check_schema(schema)\n"
                      "validator = jsonschema.Draft202012Validator(schema)\n"
                      "for error in validator.iter_errors(json.load(open(sys.argv[2]))):\n"
                      "  print(error.json_path, error.message)\n",
                      NDB_DOCS "/" + schema + ".schema.json", folder.put("object.json", object)});
  return end.out + end.err;
}

}  // namespace testing_support
