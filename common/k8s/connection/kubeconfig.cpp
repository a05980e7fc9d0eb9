#include <algorithm>

#include "common/json/escape.h"
#include "common/k8s/connection/connection.h"
#include "common/k8s/connection/kubeconfig_cluster.h"
#include "common/k8s/connection/kubeconfig_entry.h"
#include "common/k8s/connection/kubeconfig_exec.h"
#include "common/k8s/connection/kubeconfig_file.h"
#include "common/k8s/connection/kubeconfig_user.h"

namespace k8s {
namespace {

using Entries = std::map<std::string, KubeconfigEntry>;

/// The names that could have been meant; a long list is cut.
std::string namesOf(const Entries& entries) {
  constexpr int kMost = 20;
  std::string names;
  int left = kMost;
  for (const auto& [name, entry] : entries) {
    if (!name.empty() && --left >= 0) names += (names.empty() ? "" : ", ") + name;
  }
  names = names.empty() ? "there is none" : "there are: " + names;
  if (left < 0) names += " and " + std::to_string(-left) + " more";
  const auto nameless = entries.find("");
  return nameless == entries.end() ? names : names + "; " + nameless->second.label + " has no name";
}

/// Makes a Connection of one context, noting all that stands against it on the way. Other contexts,
/// and what only they use, are not looked at.
class ContextReader {
 public:
  ContextReader(const Kubeconfig& kubeconfig, const Surroundings& surroundings, Problems& problems)
      : kubeconfig_(kubeconfig), surroundings_(surroundings), problems_(problems) {}

  Connection read(const std::string& wished_context) {
    Connection connection;
    const KubeconfigEntry* entry = chosen(wished_context);
    if (entry == nullptr) return connection;
    const EntryReader context(*entry, surroundings_, problems_);
    connection.source = "kubeconfig " + entry->file + ", context " + entry->name;
    connection.name_space = context.text("namespace");
    const auto cluster = referred(context, kubeconfig_.clusters, "cluster");
    const auto user = referred(context, kubeconfig_.users, "user");
    if (cluster) readCluster(*cluster, connection);
    if (user) readUser(*user, connection);
    if (cluster && connection.exec && connection.exec->cluster_info) {
      connection.exec->cluster_info = execClusterInfo(*cluster, connection);
    }
    return connection;
  }

 private:
  const KubeconfigEntry* chosen(const std::string& wished_context) {
    const std::string& name = wished_context.empty() ? kubeconfig_.current_context : wished_context;
    const auto found = kubeconfig_.contexts.find(name);
    if (!name.empty() && found != kubeconfig_.contexts.end()) return &found->second;
    const std::string files = joined(kubeconfig_.files);
    if (kubeconfig_.contexts.empty()) {
      problems_.push_back(files + ": there are no contexts, is this a kubeconfig?");
    } else if (name.empty()) {
      problems_.push_back(files +
                          ": current-context is not set: set it, or name one by --context (" +
                          namesOf(kubeconfig_.contexts) + ")");
    } else {
      problems_.push_back(files + ": there is no context \"" + name + "\" (" +
                          namesOf(kubeconfig_.contexts) + ")");
    }
    return nullptr;
  }

  std::optional<EntryReader> referred(const EntryReader& context, const Entries& entries,
                                      const std::string& kind) {
    const std::string name = context.text(kind);
    const auto found = entries.find(name);
    if (!context.isSet(kind)) {
      context.complain("names no " + kind + " (" + namesOf(entries) + ")");
    } else if (found != entries.end()) {
      return EntryReader(found->second, surroundings_, problems_);
    } else if (!name.empty()) {
      context.complain("there is no " + kind + " \"" + name + "\" (" + namesOf(entries) + ")");
    }
    return {};
  }

  const Kubeconfig& kubeconfig_;
  const Surroundings& surroundings_;
  Problems& problems_;
};

/// One printable line, whatever stands in the file.
std::string messageOf(const Problems& problems) {
  std::string message = "the kubeconfig can't be used: ";
  for (const std::string& problem : problems) {
    if (&problem != &problems.front()) message += "; ";
    json::appendEscaped(message, problem, json::Quotes::kKept);
  }
  return message;
}

}  // namespace

tl::expected<Connection, std::string> kubeconfigConnection(const std::vector<std::string>& files,
                                                           const std::string& context,
                                                           const Surroundings& surroundings) {
  Problems problems;
  const Kubeconfig kubeconfig = readKubeconfig(files, surroundings, problems);
  // A file that could not be read at all would only add «there are no contexts» to the list.
  if (kubeconfig.files.empty() || (!problems.empty() && kubeconfig.contexts.empty())) {
    return tl::unexpected(messageOf(problems));
  }
  Connection connection = ContextReader(kubeconfig, surroundings, problems).read(context);
  if (!problems.empty()) return tl::unexpected(messageOf(problems));
  return connection;
}

}  // namespace k8s
