#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tests/sim/api_server.h"
#include "tests/sim/timeline.h"

namespace sim {

/// The ApiServer on a loopback port over HTTPS (a CA and certificate made at start, IP SAN
/// 127.0.0.1 and ::1) with bearer tokens, in real time: the timeline's steps run when they are due.
/// Every user's token is "<user>-token". For the demo, black-box tests of the executable and the
/// conformance tests.
class LoopbackServer {
 public:
  /// Serves from construction on, on a free port. `server` and `timeline` are used under locked()
  /// from then on; the server outlives this.
  LoopbackServer(ApiServer& server, Timeline& timeline, timing::Clock& clock);
  ~LoopbackServer();

  std::string url() const;  // https://127.0.0.1:PORT
  std::string caPem() const;
  std::string token() const;  // of user "admin"
  static std::string tokenOf(const std::string& user);
  /// A kubeconfig with inline data, context "simulated", that reaches it in the given namespace.
  std::string kubeconfig(const std::string& name_space) const;
  /// Runs `work` while no request is being handled, to look at or change the cluster.
  void locked(const std::function<void()>& work);
  /// Tells of each request that a known user makes, before it is handled and one at a time.
  void onRequest(std::function<void(const ApiServer::Request&)> listener);
  /// Lets somebody in by another token than his own.
  void accept(const std::string& token, const std::string& user);
  /// Changes answers (but a watch's) before they are sent, under the lock: what proxies and servers
  /// make of them. Given the header Authorization too, and called for unknown users as well.
  using Meddler = std::function<void(const ApiServer::Request&, const std::string& authorization,
                                     ApiServer::Response&)>;
  void onAnswer(Meddler meddler);
  /// Requests handled so far.
  int requests() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sim
