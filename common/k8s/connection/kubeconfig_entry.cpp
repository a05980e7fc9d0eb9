#include "common/k8s/connection/kubeconfig_entry.h"

#include "common/k8s/connection/base64.h"
#include "common/text/ascii.h"
#include "common/text/trimmed.h"

namespace k8s {

using text::trimmed;

EntryReader EntryReader::section(const std::string& key) const {
  return {{key, entry_.file, entry_.label + ": " + key, mapUnder(key)}, surroundings_, problems_};
}

YAML::Node EntryReader::mapUnder(const std::string& key) const {
  if (!has(key)) return {};
  // Not to be assigned to: that would write into the document, which all share.
  const YAML::Node body = entry_.body[key];
  if (body.IsMap()) return body;
  complain(key + " must be a map");
  return {};
}

std::string EntryReader::text(const std::string& key) const {
  return textOf(entry_.body, key, entry_.label, problems_);
}

bool EntryReader::flag(const std::string& key) const {
  const std::string value = text(key);
  if (value == "true" || value == "True" || value == "TRUE") return true;
  const bool is_false = value.empty() || value == "false" || value == "False" || value == "FALSE";
  if (!is_false) complain(key + " must be true or false");
  return false;
}

std::vector<std::string> EntryReader::texts(const std::string& key) const {
  if (!has(key)) return {};
  std::vector<std::string> members;
  const YAML::Node list = entry_.body[key];
  for (const YAML::Node& member : list) {
    if (!member.IsScalar()) break;
    members.push_back(member.Scalar());
  }
  if (list.IsSequence() && members.size() == list.size()) return members;
  complain(key + " must be a list of strings");
  return {};
}

std::vector<EntryReader> EntryReader::sections(const std::string& key,
                                               const std::string& form) const {
  if (!has(key)) return {};
  const YAML::Node list = entry_.body[key];
  if (!list.IsSequence()) {
    complain(key + " must be a list of " + form);
    return {};
  }
  std::vector<EntryReader> members;
  for (std::size_t index = 0; index < list.size(); ++index) {
    const std::string place = key + "[" + std::to_string(index) + "]";
    if (!list[index].IsMap()) {
      complain(place + " must be " + form);
      continue;
    }
    members.push_back(
        {{place, entry_.file, entry_.label + ": " + place, list[index]}, surroundings_, problems_});
  }
  return members;
}

PemMaterial EntryReader::material(const std::string& key) const {
  const std::string data_key = key + "-data";
  if (isSet(key) && isSet(data_key)) {
    complain("has both " + key + " and " + data_key + ": remove one");
    return {};
  }
  if (isSet(data_key)) return materialOfData(data_key);
  return isSet(key) ? materialOfFile(key) : PemMaterial();
}

PemMaterial EntryReader::materialOfData(const std::string& key) const {
  const auto decoded = decodeBase64(trimmed(text(key)));
  if (!decoded) {
    complain(key + " is not base64: write what `base64 -w0` makes of the PEM file");
    return {};
  }
  return labelled({*decoded, "", key});
}

PemMaterial EntryReader::materialOfFile(const std::string& key) const {
  const std::string file = resolved(text(key));
  const auto content = contentOf(file);
  if (!content) {
    complain("can't read " + key + " " + file + ": " + content.error());
    return {};
  }
  return labelled({*content, file, key + " " + file});
}

PemMaterial EntryReader::labelled(PemMaterial material) const {
  // No CA would mean «trust the system's».
  if (trimmed(material.pem).empty()) {
    complain(material.label + " is empty: fill it in, or remove it");
  }
  material.label = entry_.label + ": " + material.label;
  return material;
}

void EntryReader::requireOneLine(const std::string& key, const std::string& text) const {
  if (text::hasControl(text)) {
    complain(key + " has line breaks or control characters in it: remove them");
  }
}

bool EntryReader::isSet(const std::string& key) const {
  return has(key) && !(entry_.body[key].IsScalar() && entry_.body[key].Scalar().empty());
}

bool EntryReader::hasMaterial(const std::string& key) const {
  return isSet(key) || isSet(key + "-data");
}

std::string EntryReader::resolved(const std::string& path) const {
  if (path.starts_with('/')) return path;
  const std::size_t slash = entry_.file.rfind('/');
  return slash == std::string::npos ? path : entry_.file.substr(0, slash + 1) + path;
}

void EntryReader::complain(const std::string& problem) const {
  problems_.push_back(entry_.label + ": " + problem);
}

}  // namespace k8s
