#include "tests/matrix/cell_run.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "common/json/write.h"
#include "tests/matrix/safety.h"

namespace matrix {
namespace {

using json::Array;
using json::Object;

/// JSON is YAML.
std::string kubeconfigText(const FaultProxy& proxy, const std::string& authority_file,
                           const std::string& name_space) {
  const auto named = [](const char* kind, Object content) {
    return Array{Object{{"name", "proxy"}, {kind, std::move(content)}}};
  };
  return json::write(
      Object{{"apiVersion", "v1"},
             {"kind", "Config"},
             {"current-context", "proxy"},
             {"clusters", named("cluster", Object{{"server", proxy.url()},
                                                  {"certificate-authority", authority_file}})},
             {"contexts",
              named("context",
                    Object{{"cluster", "proxy"}, {"user", "proxy"}, {"namespace", name_space}})},
             {"users", named("user", Object{{"token", proxy.token()}})}});
}

Strike strikeOf(const Cell& cell, const std::vector<std::string>& requests) {
  const auto struck = requests.begin() + cell.request;  // one past it
  const std::string& request = *(struck - 1);
  return {request, static_cast<int>(std::count(requests.begin(), struck, request)), cell.fault};
}

std::string told(const std::string& title, const Worker::End& end) {
  return "--- " + title + ": exit code " + std::to_string(end.exit_code) + "\n" + end.err + end.out;
}

}  // namespace

LaneRunner::LaneRunner(Lane& lane, std::string worker, std::string log_level)
    : lane_(lane),
      installation_(lane.installation()),
      log_level_(std::move(log_level)),
      worker_(folder_, std::move(worker)),
      proxy_(installation_.connection, [this](int signal) { worker_.signal(signal); }),
      kubeconfig_(folder_.put(
          "kubeconfig",
          kubeconfigText(proxy_, folder_.put("ca", proxy_.caPem()), installation_.name_space))),
      api_(installation_.connection) {}

Worker::End LaneRunner::pass(const std::string& run, const std::optional<Strike>& strike) {
  std::vector<std::string> arguments{
      "run",         "--kubeconfig", kubeconfig_,    "--run-id", run,  "--allow-primary",
      "--log-level", log_level_,     "--log-format", "json",     "-o", "json"};
  if (strike && strike->fault == Fault::kStall) {
    arguments.insert(arguments.end(), {"--request-timeout", "3s"});
  }
  proxy_.begin(strike);
  return worker_.run(arguments);
}

std::vector<std::string> LaneRunner::undisturbed() {
  lane_.settle();
  const Worker::End end = pass("undisturbed-" + std::to_string(++runs_), std::nullopt);
  if (end.exit_code == 0) return proxy_.requests();
  throw std::runtime_error(
      told("an undisturbed pass in namespace " + installation_.name_space, end));
}

std::vector<std::string> LaneRunner::untilOnePrunes() {
  for (int pass = 0; pass <= installation_.max_snapshots; ++pass) {
    auto requests = undisturbed();
    const bool prunes = std::any_of(
        requests.begin(), requests.end(),
        [](const std::string& request) { return request.starts_with("DELETE backups/"); });
    if (prunes) return requests;
  }
  throw std::runtime_error("no pass prunes in namespace " + installation_.name_space);
}

CellResult LaneRunner::run(const Cell& cell, const std::vector<std::string>& requests) {
  const Strike strike = strikeOf(cell, requests);
  CellResult result{.cell = cell, .request = strike.request};
  const std::string run = "cell-" + std::to_string(++runs_) + "-" + std::to_string(cell.request) +
                          "-" + std::string(nameOf(cell.fault));
  const auto look = [&] {
    auto seen = viewCluster(api_.client(), installation_);
    if (!seen) result.broken.push_back(seen.error());
    return seen.value_or(ClusterView());
  };
  const auto note = [&](const std::string& when, const std::vector<std::string>& broken) {
    for (const std::string& each : broken) result.broken.push_back(when + each);
  };

  lane_.settle();
  const ClusterView before = look();
  const Worker::End first = pass(run, strike);
  result.first = first.exit_code;
  result.struck = proxy_.hasStruck();
  const ClusterView between = look();
  note("after the faulted pass: ", lostCopies(before, between, installation_.max_snapshots));
  if (!mayEndWith(cell.fault, first.exit_code)) {
    note("the faulted pass: ", {"it ended with " + std::to_string(first.exit_code)});
  }

  const Worker::End second = pass(run, std::nullopt);
  result.second = second.exit_code;
  if (second.exit_code != 0) {
    note("the repetition: ", {"it ended with " + std::to_string(second.exit_code)});
  }
  const ClusterView after = look();
  note("after the repetition: ", brokenPromises(before, after, run, installation_.max_snapshots));
  note("after the repetition: ", lostCopies(between, after, installation_.max_snapshots));
  result.log = told("the faulted pass", first) + told("the repetition", second);
  return result;
}

}  // namespace matrix
