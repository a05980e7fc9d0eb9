#include "tests/fuzz/fuzz.h"

/// libFuzzer's door to a target.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::testOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
