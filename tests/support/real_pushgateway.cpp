#include "tests/support/real_pushgateway.h"

#include <Poco/Net/HTTPBasicCredentials.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace testing_support {
namespace {

constexpr char kProgram[] = "/usr/bin/prometheus-pushgateway";
constexpr char kPassword[] = "recognizable";
/// Its bcrypt hash, of the least cost.
constexpr char kHash[] = "$2b$04$abcdefghijklmnopqrstuu0kXopD3WPi.e0Bhyo/KROiM3r.ClncK";

std::string contentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Where it listens, as its log says; empty: nowhere yet.
std::string addressIn(const std::string& log) {
  constexpr std::string_view kMark = "msg=\"Listening on\" address=";
  const std::size_t at = log.find(kMark);
  if (at == std::string::npos) return "";
  const std::size_t start = at + kMark.size();
  const std::size_t end = log.find('\n', start);
  return end == std::string::npos ? "" : log.substr(start, end - start);
}

}  // namespace

bool RealPushgateway::isInstalled() {
  return std::filesystem::exists(kProgram);
}

RealPushgateway::RealPushgateway(const ScratchFolder& folder, const std::string& user)
    : user_(user) {
  const std::string log = folder.path("pushgateway.log");
  std::string command =
      std::string("exec ") + kProgram + " --web.listen-address=127.0.0.1:0 2>'" + log + "'";
  if (!user.empty()) {
    const std::string users = "basic_auth_users: {" + user + ": \"" + kHash + "\"}\n";
    command += " --web.config.file='" + folder.put("pushgateway.yaml", users) + "'";
  }
  process_ =
      std::make_unique<ChildProcess>(folder, "/bin/sh", std::vector{std::string("-c"), command},
                                     std::map<std::string, std::string>{});
  for (int looks = 0; looks < 6000; ++looks) {
    address_ = addressIn(contentOf(log));
    if (!address_.empty()) return;
    if (process_->endsWithin(std::chrono::milliseconds(20))) break;
  }
  std::fprintf(stderr, "%s does not listen: %s\n", kProgram, contentOf(log).c_str());
  std::abort();
}

std::string RealPushgateway::metrics(const std::string& prefix) const {
  const std::size_t colon = address_.rfind(':');
  Poco::Net::HTTPClientSession session(
      address_.substr(0, colon), static_cast<Poco::UInt16>(std::stoul(address_.substr(colon + 1))));
  Poco::Net::HTTPRequest request("GET", "/metrics", "HTTP/1.1");
  if (!user_.empty()) Poco::Net::HTTPBasicCredentials(user_, kPassword).authenticate(request);
  session.sendRequest(request);
  Poco::Net::HTTPResponse response;
  std::istream& body = session.receiveResponse(response);
  std::string found;
  for (std::string line; std::getline(body, line);) {
    const bool told = line.starts_with(prefix) || line.starts_with("# HELP " + prefix) ||
                      line.starts_with("# TYPE " + prefix);
    if (told) found += line + "\n";
  }
  return found;
}

std::string RealPushgateway::value(const std::string& series) const {
  std::istringstream lines(metrics(series));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
  }
  return "";
}

}  // namespace testing_support
