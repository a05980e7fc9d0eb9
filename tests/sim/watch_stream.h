#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/time/clock.h"
#include "tests/sim/api_server.h"
#include "tests/sim/listing.h"
#include "tests/sim/object_store.h"
#include "tests/sim/selectors.h"
#include "tests/sim/type_registry.h"

namespace sim {

/// One open watch over the store's history. The store, the clock and `expirations` outlive it.
class WatchStream final : public ApiServer::Watch {
 public:
  struct Options {
    ServedTypePtr type;
    std::string name_space;
    Selection selection;
    std::uint64_t position = 0;     // events after this revision
    bool expired = false;           // `position` is compacted: end with 410
    bool initial_objects = false;   // ADDED for each object first
    bool initial_bookmark = false;  // and a bookmark that says they are all told
    bool bookmarks = false;
    timing::Duration timeout{};
  };

  /// Counting up `expirations` ends the open watches with 410.
  WatchStream(const ObjectStore& store, const timing::Clock& clock, const int& expirations,
              Options options);

  std::vector<std::string> poll() override;
  timing::Instant endsAt() const override;
  bool ended() const override { return ended_; }

 private:
  void addInitialObjects(std::vector<std::string>& lines) const;
  void addEvent(const StoredChange& change, std::vector<std::string>& lines) const;
  std::string line(const char* type, const json::Value& object) const;
  std::string bookmark(bool ends_initial_objects) const;
  bool bookmarkIsDue();

  const ObjectStore& store_;
  const timing::Clock& clock_;
  const int& expirations_;
  Options options_;
  std::uint64_t opened_revision_;
  int opened_expirations_;
  timing::Monotonic opened_at_;
  timing::Monotonic ends_at_;
  timing::Monotonic next_bookmark_;
  bool started_ = false;
  bool last_bookmark_sent_ = false;
  bool ended_ = false;
};

}  // namespace sim
