#include "common/k8s/connection/kubeconfig_file.h"

#include <set>
#include <tl/expected.hpp>

#include "common/k8s/connection/yaml_documents.h"

namespace k8s {
namespace {

/// yaml-cpp keeps both of two equal keys and finds the first, while kubectl, whose decoding is not
/// strict, goes by the last: refused, rather than reaching another cluster than kubectl does.
/// Aliases may make a document endless, hence the limits.
class StructureCheck {
 public:
  /// Empty when the document is sound.
  std::string problemOf(const YAML::Node& root) {
    visit(root, 0);
    return problem_;
  }

 private:
  static constexpr int kMaxDepth = 32;
  static constexpr int kMaxNodes = 100'000;

  void visit(const YAML::Node& node, int depth) {
    if (depth > kMaxDepth || ++visited_ > kMaxNodes)
      problem_ = "is nested too deep or has too many entries";
    if (!problem_.empty()) return;
    if (node.IsSequence()) {
      for (const YAML::Node& member : node) visit(member, depth + 1);
    } else if (node.IsMap()) {
      visitMap(node, depth);
    }
  }

  void visitMap(const YAML::Node& map, int depth) {
    std::set<std::string> keys;
    for (const auto& entry : map) {
      const YAML::Node& key = entry.first;
      if (!key.IsScalar()) {
        problem_ = "has a key that is not a string" + lineOf(key);
      } else if (key.Scalar() == "<<") {
        problem_ = "uses a merge key (<<), which is not supported: write the fields out";
      } else if (!keys.insert(key.Scalar()).second) {
        problem_ = "has the key \"" + key.Scalar() + "\" twice in one place" + lineOf(key);
      }
      visit(entry.second, depth + 1);
    }
  }

  static std::string lineOf(const YAML::Node& node) {
    return " (line " + std::to_string(node.Mark().line + 1) + ")";
  }

  std::string problem_;
  int visited_ = 0;
};

/// Where and why. What the parser says after a colon quotes the file, which holds secrets.
std::string reasonOf(const YAML::Exception& exception) {
  const std::string reason = exception.msg.substr(0, exception.msg.find(':'));
  if (exception.mark.is_null()) return "is not valid YAML: " + reason;
  return "is not valid YAML at line " + std::to_string(exception.mark.line + 1) + ", column " +
         std::to_string(exception.mark.column + 1) + ": " + reason;
}

/// JSON parses too, as YAML contains it.
tl::expected<YAML::Node, std::string> parseDocument(const std::string& text) {
  const bool is_utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  if (!is_utf16 && text.find('\0') != std::string::npos) {
    return tl::unexpected(std::string("is not a text file (there are NUL bytes in it)"));
  }
  try {
    if (holdsSecondDocument(text)) {
      return tl::unexpected(
          std::string("holds more than one document (---): name a file with one"));
    }
    const YAML::Node document = YAML::Load(text);
    std::string problem = StructureCheck().problemOf(document);
    if (!problem.empty()) return tl::unexpected(std::move(problem));
    if (!document.IsMap() && !document.IsNull()) {
      return tl::unexpected(std::string("is not a kubeconfig: a map is expected at the top"));
    }
    return document;
  } catch (const YAML::Exception& exception) {
    return tl::unexpected(reasonOf(exception));
  }
}

/// "clusters" holds {name, cluster}, and so on: `list` and `item` are the two words.
void mergeEntries(const YAML::Node& document, const std::string& file, const std::string& list,
                  const std::string& item, std::map<std::string, KubeconfigEntry>& merged,
                  Problems& problems) {
  const std::string label = file + ": " + list;
  if (!holds(document, list)) return;
  const YAML::Node entries = document[list];
  if (!entries.IsSequence()) {
    problems.push_back(label + " must be a list of {name, " + item + "}");
    return;
  }
  std::set<std::string> names;
  for (std::size_t index = 0; index < entries.size(); ++index) {
    const YAML::Node entry = entries[index];
    const std::string place = label + "[" + std::to_string(index) + "]";
    if (!entry.IsMap()) {
      problems.push_back(place + " must be {name, " + item + "}");
      continue;
    }
    const std::string name = textOf(entry, "name", place, problems);
    // client-go, too, refuses this for any entry, whoever uses it.
    if (!names.insert(name).second && !name.empty()) {
      problems.push_back(label + ": the name \"" + name + "\" is given twice, rename one");
      continue;
    }
    const std::string own_label = name.empty() ? place : file + ": " + item + " \"" + name + "\"";
    const YAML::Node body = holds(entry, item) ? entry[item] : YAML::Node();
    if (!body.IsMap() && !body.IsNull()) {
      problems.push_back(own_label + ": " + item + " must be a map");
      continue;
    }
    merged.emplace(name, KubeconfigEntry{name, file, own_label, body});
  }
}

void checkKind(const YAML::Node& document, const std::string& file, Problems& problems) {
  const std::string kind = textOf(document, "kind", file, problems);
  const std::string version = textOf(document, "apiVersion", file, problems);
  if ((kind.empty() || kind == "Config") && (version.empty() || version == "v1")) return;
  problems.push_back(file + " is not a kubeconfig: its apiVersion must be v1 and its kind Config");
}

void merge(const YAML::Node& document, const std::string& file, Kubeconfig& kubeconfig,
           Problems& problems) {
  checkKind(document, file, problems);
  mergeEntries(document, file, "clusters", "cluster", kubeconfig.clusters, problems);
  mergeEntries(document, file, "users", "user", kubeconfig.users, problems);
  mergeEntries(document, file, "contexts", "context", kubeconfig.contexts, problems);
  const std::string current = textOf(document, "current-context", file, problems);
  if (kubeconfig.current_context.empty()) kubeconfig.current_context = current;
}

}  // namespace

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool holds(const YAML::Node& map, const std::string& key) {
  return map.IsMap() && map[key].IsDefined() && !map[key].IsNull();
}

std::string textOf(const YAML::Node& map, const std::string& key, const std::string& label,
                   Problems& problems) {
  if (!holds(map, key)) return {};
  const YAML::Node value = map[key];
  if (value.IsScalar()) return value.Scalar();
  problems.push_back(label + ": " + key + " must be a string");
  return {};
}

Kubeconfig readKubeconfig(const std::vector<std::string>& files, const Surroundings& surroundings,
                          Problems& problems) {
  Kubeconfig kubeconfig;
  for (const std::string& file : files) {
    const auto text = surroundings.read_file(file);
    if (!text && text.error() == kNoSuchFile) continue;
    kubeconfig.files.push_back(file);
    if (!text) {
      problems.push_back(file + " can't be read: " + text.error());
      continue;
    }
    const auto document = parseDocument(*text);
    if (!document) {
      problems.push_back(file + " " + document.error());
      continue;
    }
    merge(*document, file, kubeconfig, problems);
  }
  if (kubeconfig.files.empty()) {
    problems.push_back(files.size() == 1
                           ? "there is no such file: " + joined(files)
                           : "none of these exists: " + joined(files) + ": correct KUBECONFIG");
  }
  return kubeconfig;
}

}  // namespace k8s
