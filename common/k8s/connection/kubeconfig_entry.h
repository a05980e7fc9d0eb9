#pragma once

#include <string>
#include <vector>

#include "common/k8s/connection/connection.h"
#include "common/k8s/connection/kubeconfig_file.h"

namespace k8s {

/// Reads the fields of a cluster, user or context. What is wrong with one goes to the problems,
/// after the entry's name, and leaves the field empty.
class EntryReader {
 public:
  EntryReader(KubeconfigEntry entry, const Surroundings& surroundings, Problems& problems)
      : entry_(std::move(entry)), surroundings_(surroundings), problems_(problems) {}

  const KubeconfigEntry& entry() const { return entry_; }
  /// The map under `key`, as an entry of its own.
  EntryReader section(const std::string& key) const;

  std::string text(const std::string& key) const;
  bool flag(const std::string& key) const;  // in YAML's three spellings; false when absent
  std::vector<std::string> texts(const std::string& key) const;
  /// The list of maps under `key`; `form` is what one looks like, for people.
  std::vector<EntryReader> sections(const std::string& key, const std::string& form) const;
  /// PEM from KEY (a file) or KEY-data (base64); without PEM when neither is there.
  PemMaterial material(const std::string& key) const;

  /// Complains about text that no HTTP header can carry.
  void requireOneLine(const std::string& key, const std::string& text) const;

  /// True when there is something under `key`, of whatever type; isSet: but not an empty string.
  bool has(const std::string& key) const { return holds(entry_.body, key); }
  bool isSet(const std::string& key) const;
  bool hasMaterial(const std::string& key) const;

  /// A path in a kubeconfig starts at the folder of its file.
  std::string resolved(const std::string& path) const;
  tl::expected<std::string, std::string> contentOf(const std::string& path) const {
    return surroundings_.read_file(path);
  }

  void complain(const std::string& problem) const;

 private:
  YAML::Node mapUnder(const std::string& key) const;
  PemMaterial materialOfData(const std::string& key) const;
  PemMaterial materialOfFile(const std::string& key) const;
  /// Completes the label, which is the key's so far, and complains about empty material.
  PemMaterial labelled(PemMaterial material) const;

  KubeconfigEntry entry_;
  const Surroundings& surroundings_;
  Problems& problems_;
};

}  // namespace k8s
