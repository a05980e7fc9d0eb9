#include "job/report/drill_report.h"

namespace job {

json::Value toJson(const DrillReport& report) {
  return json::Object{{"reason", report.reason}};
}
std::string toText(const DrillReport& report) {
  return report.reason + "\n";
}

}  // namespace job
