#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace k8s {

inline constexpr std::string_view kNoSuchFile = "No such file or directory";

/// A configuration file, whole. Regular files of at most 4 MiB only: a pipe that nobody writes to
/// would keep us waiting for ever. The error is the reason for people.
tl::expected<std::string, std::string> readSmallFile(const std::string& path);

}  // namespace k8s
