#include "tests/matrix/api.h"

#include <chrono>
#include <stdexcept>

#include "common/k8s/transport/poco_transport.h"

namespace matrix {

Api::Api(const k8s::Connection& connection) {
  auto transport = k8s::PocoTransport::create(connection, clock_, k8s::Surroundings::ofProcess());
  if (!transport) throw std::runtime_error(transport.error());
  transport_ = *std::move(transport);
  k8s::ClientOptions options;
  options.user_agent = "kill-matrix";
  options.field_manager = "kill-matrix";
  options.requests_per_second = 0;
  client_ = std::make_unique<k8s::Client>(
      *transport_, clock_, [] { return 0.5; }, log_, options);
}

Api::~Api() = default;

k8s::CallContext Api::context() const {
  return {timing::Deadline::in(clock_, std::chrono::minutes(2)), {}};
}

}  // namespace matrix
