#include "tests/sim/controldata.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string_view>

namespace sim {
namespace {

int versionNumber(int major_version) {
  return major_version >= 18 ? 1800 : 1300;
}

int catalogNumber(int major_version) {
  if (major_version >= 18) return 202506291;
  return major_version == 17 ? 202406281 : 202307071;
}

/// "Wed 15 Jan 2025 02:00:09 AM UTC"
std::string humanTime(timing::Instant instant) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(instant));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char buffer[64];
  const auto length = std::strftime(buffer, sizeof buffer, "%a %d %b %Y %I:%M:%S %p UTC", &parts);
  return {buffer, length};
}

void line(std::string& out, std::string_view name, const std::string& value) {
  constexpr std::size_t kValueColumn = 38;
  out += name;
  out += ':';
  if (name.size() + 1 < kValueColumn) out.append(kValueColumn - name.size() - 1, ' ');
  out += value;
  out += '\n';
}

}  // namespace

std::string checkpointAt(timing::Instant when) {
  using namespace std::chrono;
  const auto minutes = floor<std::chrono::minutes>(when - sys_days{2025y / January / 1}).count();
  constexpr std::int64_t kFirst = 0x7000028;
  constexpr std::int64_t kPerMinute = 0x1000;
  const std::int64_t lsn = kFirst + std::max<std::int64_t>(minutes, 0) * kPerMinute;
  char text[40];
  std::snprintf(text, sizeof text, "%llX/%llX", static_cast<unsigned long long>(lsn >> 32),
                static_cast<unsigned long long>(lsn & 0xFFFFFFFF));
  return text;
}

std::string checkpointIn(const std::string& text) {
  constexpr std::string_view kKey = "Latest checkpoint location:";
  const auto at = text.find(kKey);
  if (at == std::string::npos) return "";
  const auto begin = text.find_first_not_of(' ', at + kKey.size());
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::string checkpointAfter(const std::string& lsn) {
  constexpr unsigned kRecord = 0x78;
  unsigned high = 0;
  unsigned low = 0;
  std::sscanf(lsn.c_str(), "%X/%X", &high, &low);
  char text[40];
  std::snprintf(text, sizeof text, "%X/%X", high, low + kRecord);
  return text;
}

std::string formatControlData(const ControlData& data) {
  const std::string timeline = std::to_string(data.timeline);
  std::string out;
  line(out, "pg_control version number", std::to_string(versionNumber(data.major_version)));
  line(out, "Catalog version number", std::to_string(catalogNumber(data.major_version)));
  line(out, "Database system identifier", data.system_identifier);
  line(out, "Database cluster state", data.state);
  line(out, "pg_control last modified", humanTime(data.modified));
  line(out, "Latest checkpoint location", data.checkpoint);
  line(out, "Latest checkpoint's REDO location", data.checkpoint);
  line(out, "Latest checkpoint's REDO WAL file", "000000010000000000000007");
  line(out, "Latest checkpoint's TimeLineID", timeline);
  line(out, "Latest checkpoint's PrevTimeLineID", timeline);
  line(out, "Latest checkpoint's full_page_writes", "on");
  line(out, "Latest checkpoint's NextXID", "0:756");
  line(out, "Latest checkpoint's NextOID", "24587");
  line(out, "Time of latest checkpoint", humanTime(data.modified));
  line(out, "Minimum recovery ending location", "0/0");
  line(out, "wal_level setting", "logical");
  line(out, "max_connections setting", "100");
  line(out, "Database block size", "8192");
  line(out, "Bytes per WAL segment", "16777216");
  line(out, "Data page checksum version", "0");
  return out;
}

}  // namespace sim
