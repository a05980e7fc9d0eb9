#include "job/pass/replace_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace job {
namespace {

/// Gone with its file unless that was moved into place.
class TemporaryFile {
 public:
  /// In the same directory, where alone a rename is one step, and not named *.prom, which is what a
  /// collector looks for.
  explicit TemporaryFile(const std::string& path)
      : path_(path + ".XXXXXX"), descriptor_(::mkstemp(path_.data())) {}
  ~TemporaryFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!moved_) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  bool isOpen() const { return descriptor_ >= 0; }
  bool write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    constexpr mode_t kForAllToRead = 0644;
    return ::fchmod(descriptor_, kForAllToRead) == 0 && ::fsync(descriptor_) == 0;
  }
  bool moveTo(const std::string& path) {
    moved_ = std::rename(path_.c_str(), path.c_str()) == 0;
    return moved_;
  }

 private:
  std::string path_;
  int descriptor_;
  bool moved_ = false;
};

}  // namespace

std::optional<std::string> replaceFile(const std::string& path, std::string_view text) {
  TemporaryFile file(path);
  if (file.isOpen() && file.write(text) && file.moveTo(path)) return std::nullopt;
  return std::strerror(errno);
}

}  // namespace job
