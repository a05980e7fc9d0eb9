#include "common/k8s/connection/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace k8s {
namespace {

/// A thousand clusters with their certificates fit in.
constexpr std::size_t kLargest = std::size_t{4} << 20;
constexpr std::size_t kPiece = std::size_t{16} << 10;

class OpenFile {
 public:
  /// Does not wait for a pipe's other end.
  explicit OpenFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (isOpen()) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool isOpen() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

tl::unexpected<std::string> lastError() {
  const int error = errno;
  return tl::unexpected(error == ENOENT ? std::string(kNoSuchFile)
                                        : std::string(std::strerror(error)));
}

}  // namespace

tl::expected<std::string, std::string> readSmallFile(const std::string& path) {
  const OpenFile file(path);
  struct stat status {};
  if (!file.isOpen() || ::fstat(file.descriptor(), &status) != 0) return lastError();
  if (S_ISDIR(status.st_mode)) return tl::unexpected(std::string("Is a directory"));
  if (!S_ISREG(status.st_mode)) {
    return tl::unexpected(std::string("it is no regular file: write the content into one"));
  }
  std::string content;
  while (content.size() <= kLargest) {
    const std::size_t filled = content.size();
    content.resize(filled + kPiece);
    const ssize_t count = ::read(file.descriptor(), content.data() + filled, kPiece);
    content.resize(filled + static_cast<std::size_t>(count > 0 ? count : 0));
    if (count == 0) return content;
    if (count < 0 && errno != EINTR) return lastError();
  }
  return tl::unexpected(std::string("it is larger than 4 MiB"));
}

}  // namespace k8s
