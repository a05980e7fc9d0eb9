#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace k8s {

/// Why an API call did not succeed: a metav1.Status, or the reason there was none.
struct ApiError {
  enum class Kind {
    kStatus,       ///< the API server answered; `code` and `reason` say what
    kUnreachable,  ///< no answer after retries
    kProxy,        ///< the proxy on the way turns us away
    kUntrusted,    ///< TLS: the server is not who it should be
    kCredentials,  ///< own credentials can't be read
    kTimeout,      ///< the deadline passed
    kStopped,      ///< a stop was requested
    kMalformed     ///< an answer that is not what the API promises
  };

  Kind kind = Kind::kStatus;
  /// One of metav1.Status.details.causes.
  struct Cause {
    std::string field;  // ".spec.size" without the first dot; empty for causes of other kinds
    std::string reason;
    std::string message;
    friend bool operator==(const Cause&, const Cause&) = default;
  };

  /// HTTP status; 0 when there was none.
  int code = 0;
  /// metav1.Status.reason: "NotFound", "Conflict"...
  std::string reason{};
  /// The server's, or ours.
  std::string message{};
  /// Status.details.name: the object a NotFound is about; empty for an absent API.
  std::string details_name{};
  /// What exactly is wrong, of an Invalid. Most servers repeat it in the message.
  std::vector<Cause> causes{};
  std::optional<std::chrono::seconds> retry_after{};

  /// What was tried. The verb is as RBAC names it: get list watch create update patch delete.
  std::string verb{};
  /// Plural, with group and subresource: "backups.postgresql.cnpg.io", "noobaas/status.noobaa.io".
  std::string resource{};
  std::string name_space{};
  std::string name{};

  bool isNotFound() const { return code == 404; }
  /// The API itself is not served (CRD missing), as against one object of it.
  bool isApiMissing() const { return code == 404 && details_name.empty(); }
  bool isAlreadyExists() const { return code == 409 && reason == "AlreadyExists"; }
  bool isConflict() const { return code == 409 && reason != "AlreadyExists"; }
  bool isExpired() const { return code == 410; }
  bool isForbidden() const { return code == 403; }
  bool isUnauthorized() const { return code == 401; }
  bool isInvalid() const { return code == 422; }
  /// One clause: what was tried on which object and what came back.
  std::string describe() const;
  /// What came back alone: "403 Forbidden: ...".
  std::string outcome() const;
};

template <typename T>
using ApiResult = tl::expected<T, ApiError>;

}  // namespace k8s
