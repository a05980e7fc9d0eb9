#include "tests/matrix/result_table.h"

#include <algorithm>

#include "job/report/text_table.h"

namespace matrix {

std::string cellText(const CellResult& result) {
  if (result.isBroken()) return "FAIL";
  if (!result.struck) return "·";
  return std::to_string(result.first) + "→" + std::to_string(result.second);
}

std::string resultTable(const std::vector<std::string>& requests,
                        const std::vector<CellResult>& results) {
  std::vector<std::string> titles{"#", "REQUEST"};
  for (const Fault fault : kFaults) titles.emplace_back(nameOf(fault));
  job::TextTable table(std::move(titles));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    std::vector<std::string> row{std::to_string(number), requests[i]};
    for (const Fault fault : kFaults) {
      const auto found = std::find_if(results.begin(), results.end(), [&](const auto& result) {
        return result.cell == Cell{number, fault};
      });
      row.push_back(found == results.end() ? "" : cellText(*found));
    }
    table.add(std::move(row));
  }
  return table.text();
}

}  // namespace matrix
