#include "tests/integration/pass_process.h"

#include <memory>
#include <utility>

#include "job/pass/back_up.h"

namespace job {
namespace {

class Lines final : public logging::Logger::Sink {
 public:
  explicit Lines(std::vector<std::string>& lines) : lines_(lines) {}
  void write(std::string_view line) override { lines_.emplace_back(line); }

 private:
  std::vector<std::string>& lines_;
};

/// Holders are unique to a process, also when a container is started again in its pod.
std::string freshHolder(const std::string& run_id) {
  static int number = 0;
  return run_id + "/pod-" + std::to_string(++number);
}

}  // namespace

PassProcess::PassProcess(sim::TestWorld& world, std::string run_id)
    : world_(world),
      run_id_(std::move(run_id)),
      inner_(world.transport()),
      wire_(inner_, world.clock()) {
  settings.name_space = world.shape().name_space;
}

void PassProcess::before(int request, std::function<void(const k8s::HttpRequest&)> act) {
  inner_.intercept(
      [request, act = std::move(act)](const k8s::HttpRequest& asked, int index,
                                      bool acted) -> tl::expected<void, k8s::TransportError> {
        if (index == request && !acted) act(asked);
        return {};
      });
}

std::optional<PassResult> PassProcess::run() {
  return run(runPass);
}

std::optional<PassResult> PassProcess::run(PassResult (*command)(Session&)) {
  timing::Clock& clock = world_.clock();
  logging::Logger log(clock, logging::Level::kInfo, logging::Format::kText,
                      std::make_unique<Lines>(log_lines_));
  k8s::ClientOptions options;
  options.user_agent = "noobaa-db-backup/test";
  options.field_manager = "noobaa-db-backup";
  k8s::Client client(
      wire_, clock, [] { return 0.5; }, log, options);
  NoProgress progress;
  Session session{.client = client,
                  .clock = clock,
                  .log = log,
                  .progress = progress,
                  .settings = settings,
                  .name_space = world_.shape().name_space,
                  .run_id = run_id_,
                  .holder = freshHolder(run_id_),
                  .stop = wire_.stopSource().get_token(),
                  .patience = timing::Deadline::in(clock, settings.timeout),
                  .end = timing::Deadline::in(clock, settings.timeout + timing::Duration(kGrace))};
  try {
    PassResult result = command(session);
    if (wire_.dead()) return std::nullopt;
    return result;
  } catch (const Killed&) {
    return std::nullopt;
  }
}

}  // namespace job
