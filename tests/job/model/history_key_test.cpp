#include "job/model/history_key.h"

#include <gtest/gtest.h>

#include <string>

#include "common/time/rfc3339.h"

namespace job {
namespace {

timing::Instant at(const char* text) {
  return timing::parseRfc3339(text).value();
}
const timing::Instant kEnd = at("2025-01-15T02:01:03Z");

TEST(HistoryKeyTest, IsReadBackAsItWasMade) {
  const std::string key = historyKey("noobaa-db-pg-cluster", kEnd, "run", "id", "id/pod");
  EXPECT_TRUE(key.starts_with("noobaa-db-pg-cluster.20250115-020103.")) << key;
  const auto read = readHistoryKey(key);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->cluster, "noobaa-db-pg-cluster");
  EXPECT_EQ(read->at, kEnd);
  EXPECT_EQ(read->tag, key.substr(key.size() - 8));
}

TEST(HistoryKeyTest, IsTheSameForTheSameRunAndAnotherForAnyOther) {
  const std::string key = historyKey("c", kEnd, "run", "id", "holder");
  EXPECT_EQ(historyKey("c", kEnd, "run", "id", "holder"), key);
  EXPECT_NE(historyKey("c", kEnd, "prune", "id", "holder"), key);
  EXPECT_NE(historyKey("c", kEnd, "run", "other", "holder"), key);
  EXPECT_NE(historyKey("c", kEnd, "run", "id", "other"), key);
  EXPECT_NE(historyKey("c", kEnd, "run", "idh", "older"), key);
}

TEST(HistoryKeyTest, ADotOrADateInAClustersNameIsThatClusters) {
  const std::string name = "a.20250101-000000.0123abcd";
  const auto read = readHistoryKey(historyKey(name, kEnd, "run", "id", "holder"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->cluster, name);
  EXPECT_EQ(read->at, kEnd);
}

TEST(HistoryKeyTest, WhatHasAnotherFormIsSomebodyElses) {
  for (const char* key :
       {"", "notes", ".20250115-020103.0123abcd", "c.20250115-020103.0123abc",
        "c.20250115-020103.0123abcD", "c.20250115-020103-0123abcd", "c.20250115.0123abcd",
        "c.20251315-020103.0123abcd", "c.20250115-020163.0123abcd", "c.2025-115-020103.0123abcd",
        "c-20250115-020103.0123abcd"}) {
    EXPECT_FALSE(readHistoryKey(key)) << key;
  }
}

}  // namespace
}  // namespace job
