#include "job/decide/database_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/job/recovery_objects.h"

namespace job {
namespace {

using testing::HasSubstr;

json::Value catalogOf(int major) {
  json::Value catalog = parsed(R"({"spec": {"images": [{"image": "postgres"}]}})");
  (*catalog["spec"]["images"].array())[0]["major"] = major;
  return catalog;
}

TEST(DatabaseImageTest, AnImagesTagTellsTheMajor) {
  EXPECT_EQ(majorOfImage("ghcr.io/cloudnative-pg/postgresql:16.4-bookworm"), 16);
  EXPECT_EQ(majorOfImage("registry:5000/postgresql:17@sha256:00ff"), 17);
  EXPECT_EQ(majorOfImage("registry:5000/postgresql"), std::nullopt);
  EXPECT_EQ(majorOfImage("quay.io/sclorg/postgresql-16-c9s:latest"), std::nullopt);
  EXPECT_EQ(majorOfImage(""), std::nullopt);
}

TEST(DatabaseImageTest, AClustersMajorIsItsCatalogReferencesElseItsImages) {
  EXPECT_EQ(majorOf(aManifest()), 16);
  EXPECT_EQ(majorOf(parsed(R"({"spec": {"imageName": "postgresql:15.1"}})")), 15);
  EXPECT_EQ(majorOf(parsed(R"({"spec": {}})")), std::nullopt);
}

TEST(DatabaseImageTest, ACatalogWithTheMajorIsInOrder) {
  EXPECT_EQ(catalogProblem(*imageCatalogOf(aManifest()), catalogOf(16)), "");
}

TEST(DatabaseImageTest, ACatalogThatIsAbsentOrLacksTheMajorIsAProblem) {
  const ImageCatalogReference reference = *imageCatalogOf(aManifest());
  EXPECT_THAT(catalogProblem(reference, nullptr),
              HasSubstr("ImageCatalog noobaa-db-pg-image-catalog"));
  EXPECT_THAT(catalogProblem(reference, nullptr), HasSubstr("does not exist"));
  EXPECT_THAT(catalogProblem(reference, catalogOf(17)),
              HasSubstr("no image of PostgreSQL major 16"));
}

TEST(DatabaseImageTest, ACatalogOfOneImageTellsItsMajor) {
  EXPECT_EQ(onlyMajorOf(catalogOf(17)), 17);
  EXPECT_EQ(onlyMajorOf(parsed(R"({"spec": {"images": [{"major": 16}, {"major": 17}]}})")),
            std::nullopt);
}

}  // namespace
}  // namespace job
