#include <optional>
#include <utility>

#include "common/k8s/client.h"
#include "common/k8s/exchange.h"
#include "common/k8s/list_splitter.h"

namespace k8s {
namespace {

class PageReader final : public BodyReader {
 public:
  explicit PageReader(const std::function<void(json::Value)>& item)
      : item_(item), splitter_(item_) {}

  bool reset() override {
    if (splitter_.delivered() > 0) return false;
    splitter_ = ListSplitter(item_);
    return true;
  }
  bool onData(std::string_view piece) override { return splitter_.feed(piece); }
  tl::expected<void, std::string> finish() override {
    auto meta = splitter_.finish();
    if (!meta) return tl::unexpected(std::move(meta.error()));
    meta_ = *std::move(meta);
    return {};
  }

  bool delivered() const { return splitter_.delivered() > 0; }
  const ListSplitter::ListMeta& meta() const { return meta_; }

 private:
  const std::function<void(json::Value)>& item_;
  ListSplitter splitter_;
  ListSplitter::ListMeta meta_;
};

}  // namespace

ApiResult<std::string> Client::list(const ObjectRef& collection, const ListOptions& options,
                                    const std::function<void(json::Value)>& item,
                                    const std::function<void()>& restart,
                                    const CallContext& context) {
  auto whole = callOn("list", "GET", Target::kCollection, collection);
  if (!whole) return tl::unexpected(whole.error());
  whole->name.clear();
  if (!options.label_selector.empty()) whole->addQuery("labelSelector", options.label_selector);
  if (!options.field_selector.empty()) whole->addQuery("fieldSelector", options.field_selector);

  bool paged = options_.page_size > 0;
  bool expired_before = false;
  int broken = 0;  // since the list came further than ever before
  int pages = 0;
  int most_pages = 0;
  std::string token;
  std::string resource_version;
  for (;;) {
    Call call = *whole;
    if (paged) call.addQuery("limit", std::to_string(options_.page_size));
    if (!token.empty()) call.addQuery("continue", token);
    call.rate_limited = token.empty();
    PageReader page(item);
    auto read = exchange(call, page, context);
    if (read) {
      if (token.empty()) resource_version = page.meta().resource_version;
      if (!namesAState(resource_version)) {
        return tl::unexpected(
            call.error(ApiError::Kind::kMalformed, "the list has no usable resourceVersion"));
      }
      if (++pages > most_pages) {
        most_pages = pages;
        broken = 0;
      }
      if (page.meta().continue_token.empty()) return resource_version;
      if (page.meta().continue_token == token) {
        return tl::unexpected(
            call.error(ApiError::Kind::kMalformed, "the list's continue token leads to itself"));
      }
      token = page.meta().continue_token;
      continue;
    }

    const ApiError& error = read.error();
    if (error.isExpired() && !token.empty() && paged) {
      // Lists slower than the history is kept come through whole only without pages.
      if (std::exchange(expired_before, true)) paged = false;
    } else if (page.delivered()) {
      const auto delay = delayBeforeRetry(retryPolicy(context), error, true, Idempotency::kYes,
                                          ++broken, random_());
      if (!delay) return tl::unexpected(error);
      if (auto waited = waitToRetry(call, error, broken, *delay, context); !waited) {
        return tl::unexpected(std::move(waited.error()));
      }
    } else {
      return tl::unexpected(error);
    }
    if (restart) restart();
    token.clear();
    pages = 0;
  }
}

ApiResult<Client::ObjectList> Client::list(const ObjectRef& collection, const ListOptions& options,
                                           const CallContext& context) {
  ObjectList found;
  auto version = list(
      collection, options, [&found](json::Value item) { found.items.push_back(std::move(item)); },
      [&found] { found.items.clear(); }, context);
  if (!version) return tl::unexpected(std::move(version.error()));
  found.resource_version = *std::move(version);
  return found;
}

}  // namespace k8s
