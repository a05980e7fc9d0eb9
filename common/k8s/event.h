#pragma once

#include <string>

#include "common/k8s/client.h"

namespace k8s {

/// What an Event is about, by its own words.
struct Regarding {
  ObjectRef ref;
  std::string uid;
  std::string resource_version;
};

/// An events.k8s.io/v1 Event. Everything is cut to what the API server takes (kubernetes
/// pkg/apis/core/validation/events.go): reason, action and instance to 128 bytes, note to 1024.
struct Event {
  enum class Type { kNormal, kWarning };
  Regarding regarding;
  Type type = Type::kNormal;
  std::string reason;                // "BackupCompleted"
  std::string action;                // "Backup"
  std::string note;                  // for people
  std::string reporting_controller;  // a qualified name: "noobaa.io/noobaa-db-backup"
  std::string reporting_instance;
  /// The same words about the same object are not another one, as long as the API server keeps the
  /// first (an hour by default), whoever says them.
  bool once = false;
};

/// Two tries within 5 s. A failure is logged at debug and never matters: there is nothing to
/// return.
void recordEvent(Client& client, const Event& event, const CallContext& context);

}  // namespace k8s
