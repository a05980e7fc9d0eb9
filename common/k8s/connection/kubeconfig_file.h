#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <string>
#include <vector>

#include "common/k8s/connection/connection.h"

namespace k8s {

/// What is wrong with a kubeconfig, for people; each says in which file and entry.
using Problems = std::vector<std::string>;

/// A cluster, user or context as it stands in a file.
struct KubeconfigEntry {
  std::string name;
  std::string file;   // relative paths in the entry start at its folder
  std::string label;  // for people: file and entry
  YAML::Node body;    // a map, or null
};

/// One or several files as one: of a name given twice the first file's entry counts, whole. An
/// entry without a name is kept under "": it does no harm, but may be the one that somebody misses.
struct Kubeconfig {
  std::map<std::string, KubeconfigEntry> clusters;
  std::map<std::string, KubeconfigEntry> users;
  std::map<std::string, KubeconfigEntry> contexts;
  std::string current_context;
  std::vector<std::string> files;  // those that exist
};

/// Reads what exists of `files`; adds to `problems` what can't be read or understood.
Kubeconfig readKubeconfig(const std::vector<std::string>& files, const Surroundings& surroundings,
                          Problems& problems);

/// The names, with commas.
std::string joined(const std::vector<std::string>& names);

/// The string under `key`, as it is written (no 010 turning into 8); empty when absent or null.
std::string textOf(const YAML::Node& map, const std::string& key, const std::string& label,
                   Problems& problems);

/// True when there is something under `key`.
bool holds(const YAML::Node& map, const std::string& key);

}  // namespace k8s
