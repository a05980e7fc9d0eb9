#include "job/pass/replace_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <tl/expected.hpp>

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

/// The file that a path leads to, by way of links; itself when nothing is there. Never what is no
/// regular file: a rename would put one in a device's place.
tl::expected<std::string, std::string> targetOf(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return path;
    return tl::unexpected(std::string(std::strerror(errno)));
  }
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (!real && errno == ENOENT) {
    return tl::unexpected(std::string("it is a symbolic link to nothing"));
  }
  if (!real || ::stat(real.get(), &status) != 0) {
    return tl::unexpected(std::string(std::strerror(errno)));
  }
  if (!S_ISREG(status.st_mode)) {
    return tl::unexpected(std::string("it exists and is no regular file"));
  }
  return std::string(real.get());
}

}  // namespace

std::optional<std::string> replaceFile(const std::string& path, std::string_view text) {
  const auto target = targetOf(path);
  if (!target) return target.error();
  TemporaryFile file(*target);
  if (file.isOpen() && file.write(text) && file.moveTo(*target)) return std::nullopt;
  return std::strerror(errno);
}

}  // namespace job
