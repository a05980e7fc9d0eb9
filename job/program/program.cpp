#include "job/program/program.h"

#include <unistd.h>
#include <exception>
#include <fstream>
#include <memory>
#include <ostream>
#include <random>
#include <utility>

#include "common/json/write.h"
#include "common/text/ascii.h"
#include "job/cli/completion.h"
#include "job/cli/flags.h"
#include "job/cli/manual_page.h"
#include "job/model/names.h"
#include "job/pass/back_up.h"
#include "job/pass/bootstrap.h"
#include "job/pass/check.h"
#include "job/pass/hold_backup.h"
#include "job/pass/prune_now.h"
#include "job/pass/record_history.h"
#include "job/pass/recover.h"
#include "job/pass/restore_drill.h"
#include "job/pass/sync.h"
#include "job/program/connect.h"
#include "job/program/publish_metrics.h"
#include "job/program/show_history.h"
#include "job/program/show_schedule.h"
#include "job/program/show_status.h"
#include "job/program/show_why.h"
#include "job/program/terminal_progress.h"
#include "job/program/version.h"
#include "job/report/colours.h"
#include "job/report/pass_result.h"
#include "job/report/recorded_run.h"

namespace job {
namespace {

logging::Format logFormat(LogFormat chosen) {
  switch (chosen) {
    case LogFormat::kText:
      return logging::Format::kText;
    case LogFormat::kJson:
      return logging::Format::kJson;
    case LogFormat::kAuto:
      break;
  }
  return isatty(STDERR_FILENO) != 0 ? logging::Format::kText : logging::Format::kJson;
}

/// A random UUID (RFC 4122, version 4), as the chart's run ids are: it stands for one run for ever.
std::string freshRunId() {
  constexpr char kDigits[] = "0123456789abcdef";
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  std::random_device device;
  std::string id;
  for (const char place : kForm) {
    const auto bits = device() % 16;
    if (place == 'x') {
      id += kDigits[bits];
    } else if (place == 'y') {
      id += kDigits[8 + bits % 4];  // the variant
    } else {
      id += place;
    }
  }
  return id;
}

std::string hostName() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

std::string find(const std::map<std::string, std::string>& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

/// Kubernetes shows this file's text as the container's termination message. It exists in pods
/// only.
void writeTerminationLog(const ProgramWorld& world, const std::string& message) {
  if (access(world.termination_log.c_str(), W_OK) != 0) return;
  std::ofstream(world.termination_log, std::ios::trunc) << message;
}

/// Writes a result whole; a reader that is gone or a full disk is an error, as an empty result
/// would pass for a success.
bool write(ProgramWorld& world, const std::string& text) {
  world.out << text << std::flush;
  if (world.out.good()) return true;
  world.err << kProgramName << ": the result can't be written to stdout" << std::endl;
  return false;
}

/// The pass has happened; its exit code stands even when its result can't be shown.
int report(ProgramWorld& world, const Settings& settings, const PassResult& result) {
  write(world, settings.output == Output::kJson ? json::write(toJson(result)) + "\n"
                                                : toText(result, timing::SystemClock().now()));
  writeTerminationLog(world, terminationMessage(result));
  return static_cast<int>(result.exit_code);
}

/// As the C library chooses: the first variable that is set and not empty.
bool isUtf8Locale(const std::map<std::string, std::string>& environment) {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = text::lowerCase(find(environment, variable));
    if (locale.empty()) continue;
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

int report(ProgramWorld& world, const Settings& settings, const CheckLines& lines) {
  const bool written = write(world, settings.output == Output::kJson
                                        ? json::write(toJson(lines)) + "\n"
                                        : toText(lines, isUtf8Locale(world.environment)));
  return static_cast<int>(written ? exitCodeOf(lines) : ExitCode::kBug);
}

int report(ProgramWorld& world, const Settings& settings, const DrillReport& drill) {
  write(world,
        settings.output == Output::kJson ? json::write(toJson(drill)) + "\n" : toText(drill));
  writeTerminationLog(world, terminationMessage(drill));
  return static_cast<int>(drill.exit_code);
}

/// Commands that end with the result object, whatever happens.
using ResultCommand = PassResult (*)(Session&);
ResultCommand resultCommand(Command command) {
  switch (command) {
    case Command::kRun:
      return runPass;
    case Command::kBackup:
      return backUpNow;
    case Command::kSync:
      return sync;
    case Command::kPrune:
      return pruneNow;
    case Command::kRecover:
      return recover;
    default:
      return nullptr;
  }
}

/// Commands that print a text.
using TextCommand = Outcome<std::string> (*)(Session&);
TextCommand textCommand(Command command) {
  switch (command) {
    case Command::kStatus:
      return showStatus;
    case Command::kHold:
      return holdBackup;
    case Command::kRelease:
      return releaseBackup;
    case Command::kBootstrap:
      return bootstrap;
    case Command::kWhy:
      return showWhy;
    case Command::kHistory:
      return showHistory;
    default:
      return nullptr;
  }
}

/// A failure before or outside a pass or a sync, which still end with their result.
PassResult failedPass(const Settings& settings, const Failure& failure) {
  PassResult result;
  result.command = toString(settings.command);
  result.cluster = settings.clusterName();
  result.exit_code = failure.code;
  result.reason = failure.message;
  return result;
}

/// Metrics are about the backups that come by themselves, or should, and whether they can be
/// restored: of what people do besides, nothing is told.
bool isMeasured(Command command) {
  return command == Command::kRun || command == Command::kBackup || command == Command::kSync ||
         command == Command::kVerify;
}

MetricsSample measured(const Settings&, const PassResult& result, const std::string& name_space,
                       timing::Instant now) {
  return sampleOf(result, name_space, now);
}
MetricsSample measured(const Settings& settings, const DrillReport& drill,
                       const std::string& name_space, timing::Instant now) {
  return sampleOf(drill, !settings.backup_name.empty(), name_space, now);
}

/// Tells Prometheus, which can only add warnings to the result. `name_space` is empty when it was
/// not found out: there is nothing to put metrics under then.
template <typename Result>
void tellPrometheus(ProgramWorld& world, const Settings& settings, const std::string& name_space,
                    Result& result, timing::Clock& clock, logging::Logger& log) {
  if (!isMeasured(settings.command) || settings.dry_run || name_space.empty()) return;
  const MetricsSample sample = measured(settings, result, name_space, clock.now());
  for (const std::string& warning : publishMetrics(settings, sample, clock, world.stop)) {
    log.warn(warning);
    result.warnings.push_back(warning);
  }
}

Failure bugFailure(const std::exception& bug) {
  return {ExitCode::kBug, std::string("unexpected error, please report it: ") + bug.what()};
}

/// The history, which can only warn: the result stands whatever happens here.
template <typename Result>
void record(Session& session, Result& result) {
  if (!isRecorded(session.settings, result)) return;
  std::string warning;
  try {
    warning = recordHistory(session, entryOf(result, session.clock.now(), session.run_id));
  } catch (const std::exception& bug) {
    warning = "this run is missing from the history: " + bugFailure(bug).message;
  }
  if (warning.empty()) return;
  session.log.warn(warning);
  result.warnings.push_back(warning);
}

/// The metrics, the history, then the result of a pass or the report of a drill. `session`: nullptr
/// where it never came to one, and so to no history.
template <typename Result>
int end(ProgramWorld& world, const Settings& settings, const std::string& name_space, Result result,
        timing::Clock& clock, logging::Logger& log, Session* session = nullptr) {
  tellPrometheus(world, settings, name_space, result, clock, log);
  if (session != nullptr) record(*session, result);
  return report(world, settings, result);
}

/// A drill that ended before it had anything to say.
DrillReport failedDrill(const Settings& settings, const Failure& failure) {
  DrillReport drill;
  drill.cluster = settings.clusterName();
  drill.exit_code = failure.code;
  drill.reason = failure.message;
  return drill;
}

/// A failure of the other commands: a check still ends with its lines, others with a line.
int fail(ProgramWorld& world, const Settings& settings, const Failure& failure) {
  if (settings.command == Command::kCheck) {
    return report(world, settings, CheckLines{CheckLine::fail("api", failure)});
  }
  world.err << kProgramName << ": " << failure.message << std::endl;
  return static_cast<int>(failure.code);
}

int print(ProgramWorld& world, const Settings& settings, const Outcome<std::string>& text) {
  if (!text) return fail(world, settings, text.error());
  return static_cast<int>(write(world, *text) ? ExitCode::kDone : ExitCode::kBug);
}

/// Commands that talk to the cluster.
int runConnected(ProgramWorld& world, const Settings& settings) {
  timing::SystemClock clock;
  const logging::Format format = logFormat(settings.log_format);
  TerminalProgress live_line;
  NoProgress no_line;
  const bool live = isatty(STDERR_FILENO) != 0 && format == logging::Format::kText;
  Progress& progress = live ? static_cast<Progress&>(live_line) : no_line;
  logging::Logger log(clock, settings.log_level, format,
                      std::make_unique<SinkAroundProgress>(progress));
  k8s::Surroundings surroundings = k8s::Surroundings::ofProcess();
  surroundings.environment = world.environment;
  auto connected = connect(settings, surroundings, clock, log);
  const ResultCommand run_to_result = resultCommand(settings.command);
  const std::string given_name_space = settings.name_space.value_or("");
  if (!connected && run_to_result != nullptr) {
    return end(world, settings, given_name_space, failedPass(settings, connected.error()), clock,
               log);
  }
  if (!connected && settings.command == Command::kVerify) {
    return end(world, settings, given_name_space, failedDrill(settings, connected.error()), clock,
               log);
  }
  if (!connected) return fail(world, settings, connected.error());

  const std::string run_id = settings.run_id.empty() ? freshRunId() : settings.run_id;
  const std::string pod = find(world.environment, "POD_NAME");
  Session session{
      .client = *connected->client,
      .clock = clock,
      .log = log,
      .progress = progress,
      .settings = settings,
      .name_space = connected->name_space,
      .run_id = run_id,
      .holder = run_id + "/" + (pod.empty() ? hostName() : pod) + "-" + freshRunId().substr(0, 8),
      .stop = world.stop,
      .patience = timing::Deadline::in(clock, settings.timeout),
      .end = timing::Deadline::in(clock, settings.timeout + timing::Duration(kGrace)),
      .colours = wantsColours(isatty(STDOUT_FILENO) != 0, world.environment)};
  if (const TextCommand run_to_text = textCommand(settings.command); run_to_text != nullptr) {
    return print(world, settings, run_to_text(session));
  }
  switch (settings.command) {
    case Command::kCheck:
      return report(world, settings, check(session));
    case Command::kVerify: {
      DrillReport drill;
      try {
        drill = restoreDrill(session);
      } catch (const std::exception& bug) {
        drill = failedDrill(settings, bugFailure(bug));
      }
      return end(world, settings, session.name_space, std::move(drill), clock, log, &session);
    }
    case Command::kSchedule: {
      const auto schedule = configuredSchedule(session);
      if (!schedule) return fail(world, settings, schedule.error());
      return print(world, settings, showSchedule(*schedule, settings, clock.now(), world.err));
    }
    default:
      break;
  }
  PassResult result;
  try {
    result = run_to_result(session);
  } catch (const std::exception& bug) {
    // They end with their result whatever happens.
    result = failedPass(settings, bugFailure(bug));
  }
  return end(world, settings, session.name_space, std::move(result), clock, log, &session);
}

}  // namespace

int runProgram(ProgramWorld& world) {
  const auto settings = readSettings(world.arguments, world.environment);
  if (!settings) {
    world.err << kProgramName << ": " << settings.error() << std::endl;
    return static_cast<int>(ExitCode::kUsage);
  }
  switch (settings->command) {
    case Command::kHelp:
      return print(world, *settings, helpText(settings->help_topic));
    case Command::kVersion:
      return print(world, *settings,
                   std::string(kProgramName) + " " + std::string(kVersion) + " (" +
                       std::string(kPlatform) + ")\n");
    case Command::kCompletion:
      return print(world, *settings, completionScript(settings->shell));
    case Command::kMan:
      return print(world, *settings, manualPage(kVersion));
    case Command::kSchedule:
      if (settings->schedule_expression) {
        const auto schedule = typedSchedule(*settings);
        if (!schedule) return fail(world, *settings, schedule.error());
        return print(world, *settings,
                     showSchedule(*schedule, *settings, timing::SystemClock().now(), world.err));
      }
      break;
    default:
      break;
  }
  return runConnected(world, *settings);
}

}  // namespace job
