#include "common/log/logger.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "common/json/escape.h"
#include "common/json/write.h"
#include "common/time/rfc3339.h"

namespace logging {
namespace {

constexpr std::array<std::string_view, 3> kFixedKeys = {"ts", "level", "msg"};

std::string_view nameOf(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarn:
      return "warn";
    case Level::kError:
      return "error";
  }
  return "unknown";
}

std::string jsonLine(timing::Instant now, Level level, std::string_view message,
                     Logger::Fields fields) {
  json::Object line{
      {"ts", timing::formatMicroTime(now)}, {"level", nameOf(level)}, {"msg", message}};
  for (const auto& [key, value] : fields) {
    const bool taken = std::find(kFixedKeys.begin(), kFixedKeys.end(), key) != kFixedKeys.end();
    line.set(taken ? "field." + std::string(key) : std::string(key), value);
  }
  return json::write(line);
}

/// Whether a key or string needs no quotes to be told from what stands beside it.
bool isBare(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=';
  });
}

void appendBareOrQuoted(std::string& out, std::string_view text) {
  out += isBare(text) ? std::string(text) : json::write(text);
}

std::string textLine(timing::Instant now, Level level, std::string_view message,
                     Logger::Fields fields) {
  constexpr std::size_t kLongestLevel = 5;
  constexpr std::string_view kDate = "2025-01-15T";
  constexpr std::string_view kTime = "10:20:30";
  std::string line = timing::formatRfc3339(now).substr(kDate.size(), kTime.size());
  line += ' ';
  line += nameOf(level);
  line.append(kLongestLevel - nameOf(level).size() + 1, ' ');
  json::appendEscaped(line, message, json::Quotes::kKept);
  std::string_view separator = "  ";
  for (const auto& [key, value] : fields) {
    line += separator;
    separator = " ";
    appendBareOrQuoted(line, key);
    line += '=';
    if (const std::string* text = value.string()) {
      appendBareOrQuoted(line, *text);
    } else {
      line += json::write(value);
    }
  }
  return line;
}

/// A logger of its own: nothing is registered with spdlog, nothing is global.
class StderrSink final : public Logger::Sink {
 public:
  StderrSink() : logger_("stderr", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_pattern("%v");
  }

  void write(std::string_view line) override {
    logger_.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  }

  void flush() override { logger_.flush(); }

 private:
  spdlog::logger logger_;
};

}  // namespace

Logger::Logger(const timing::Clock& clock, Level level, Format format, std::unique_ptr<Sink> sink)
    : clock_(&clock), level_(level), format_(format), sink_(std::move(sink)) {}

Logger Logger::toStderr(const timing::Clock& clock, Level level, Format format) {
  return {clock, level, format, stderrSink()};
}

std::unique_ptr<Logger::Sink> Logger::stderrSink() {
  return std::make_unique<StderrSink>();
}

Logger Logger::silent(const timing::Clock& clock) {
  return {clock, Level::kError, Format::kText, nullptr};
}

Logger::Logger(Logger&&) noexcept = default;

Logger::~Logger() {
  if (sink_ != nullptr) sink_->flush();
}

void Logger::log(Level level, std::string_view message, Fields fields) {
  if (sink_ == nullptr || level < level_) return;
  const timing::Instant now = clock_->now();
  sink_->write(format_ == Format::kJson ? jsonLine(now, level, message, fields)
                                        : textLine(now, level, message, fields));
  if (level >= Level::kWarn) sink_->flush();
}

}  // namespace logging
