#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/json/value.h"
#include "common/time/clock.h"

namespace logging {

enum class Level { kDebug, kInfo, kWarn, kError };
enum class Format { kText, kJson };

/// One event a line on stderr, with fixed keys (ts, level, msg, then the fields). Text for a
/// terminal, JSON objects elsewhere; every value is escaped, so no value can forge a line. Built by
/// main and passed by reference; as thread-safe as its sink, and the one to stderr is. Callers
/// never pass tokens or bodies.
///
///   10:20:30 warn  Refused  name=db code=403
///   {"ts":"2025-01-15T10:20:30.000001Z","level":"warn","msg":"Refused","name":"db","code":403}
///
/// A field named like a fixed key becomes "field.msg"; of equal names the last wins.
class Logger {
 public:
  using Field = std::pair<std::string_view, json::Value>;
  using Fields = std::initializer_list<Field>;

  /// Where lines go; a test collects them. Called by whichever thread logs.
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void write(std::string_view line) = 0;  // without the line end
    virtual void flush() {}
  };

  Logger(const timing::Clock& clock, Level level, Format format, std::unique_ptr<Sink> sink);
  /// To stderr by spdlog, flushed at each warning and at destruction.
  static Logger toStderr(const timing::Clock& clock, Level level, Format format);
  /// Where toStderr's lines go, for who has something to do around each.
  static std::unique_ptr<Sink> stderrSink();
  /// Drops everything; for tests.
  static Logger silent(const timing::Clock& clock);
  ~Logger();
  Logger(Logger&&) noexcept;

  void debug(std::string_view message, Fields fields = {}) { log(Level::kDebug, message, fields); }
  void info(std::string_view message, Fields fields = {}) { log(Level::kInfo, message, fields); }
  void warn(std::string_view message, Fields fields = {}) { log(Level::kWarn, message, fields); }
  void error(std::string_view message, Fields fields = {}) { log(Level::kError, message, fields); }
  void log(Level level, std::string_view message, Fields fields);
  Format format() const { return format_; }

 private:
  const timing::Clock* clock_;
  Level level_;
  Format format_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace logging
