#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace job {

/// A place in a database's write-ahead log. A greater timeline is the later history, whatever its
/// position: a promoted standby begins one where it had got to.
struct WalPosition {
  std::uint32_t timeline = 0;
  std::uint64_t lsn = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): of what the compiler makes of it
  friend auto operator<=>(const WalPosition&, const WalPosition&) = default;
};

/// From pg_controldata's words, "1" and "0/3000028"; empty when they are not such.
std::optional<WalPosition> readWalPosition(std::string_view timeline, std::string_view lsn);

/// "0/3000028 on timeline 1".
std::string describe(const WalPosition& position);

}  // namespace job
