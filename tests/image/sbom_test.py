"""scripts/sbom on a small root: an executable that is a script, and files of two packages that every Debian here has."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

SBOM = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "sbom"
ZONES = ["usr/share/zoneinfo/Etc/GMT+1", "usr/share/zoneinfo/Etc/GMT-1"]
LICENCE = "usr/share/doc/tzdata/copyright"


def make_root(directory):
    root = pathlib.Path(directory)
    executable = root / "usr/bin/noobaa-db-backup"
    executable.parent.mkdir(parents=True)
    executable.write_text("#!/bin/sh\necho noobaa-db-backup 1.2.3 '(linux/amd64)'\n")
    executable.chmod(0o755)
    for path in [*ZONES, LICENCE, "etc/ssl/certs/ca-certificates.crt"]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy("/" + path, root / path)
    known = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True, env={"PATH": "/usr/sbin:/sbin"}).stdout
    libc = re.search(r"libc\.so\.6 .*=> (\S+)", known)[1]
    # In the image below /usr, which is not what its package says.
    to = root / ("usr" + libc)
    to.parent.mkdir(parents=True)
    shutil.copy(libc, to)
    (root / "usr/link").symlink_to("bin/noobaa-db-backup")
    return root


def run(root, *arguments, epoch="1700000000"):
    return subprocess.run([SBOM, *(a for a in arguments if a.startswith("--")), root,
                           *(a for a in arguments if not a.startswith("--"))],
                          capture_output=True, text=True, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": epoch}).stdout


class SbomTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.root = make_root(cls.directory.name)
        cls.text = run(cls.root, "libexpected-dev")
        cls.document = json.loads(cls.text)
        cls.packages = {package["name"]: package for package in cls.document["packages"]}
        cls.files = {file["fileName"]: file for file in cls.document["files"]}

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def related(self, kind):
        ids = {element["SPDXID"]: element.get("name", element.get("fileName")) for key in ("packages", "files")
               for element in self.document[key]}
        ids["SPDXRef-DOCUMENT"] = "document"
        return {(ids[r["spdxElementId"]], ids[r["relatedSpdxElement"]]) for r in self.document["relationships"]
                if r["relationshipType"] == kind}

    def test_has_every_field_that_spdx_2_3_requires(self):
        self.assertEqual("SPDX-2.3", self.document["spdxVersion"])
        self.assertEqual("CC0-1.0", self.document["dataLicense"])
        self.assertEqual("SPDXRef-DOCUMENT", self.document["SPDXID"])
        self.assertEqual("noobaa-db-backup-1.2.3", self.document["name"])
        self.assertRegex(self.document["documentNamespace"], r"^urn:uuid:[0-9a-f-]{36}$")
        self.assertEqual("2023-11-14T22:13:20Z", self.document["creationInfo"]["created"])
        self.assertRegex(self.document["creationInfo"]["creators"][0], r"^(Tool|Person|Organization): \S")
        for package in self.document["packages"]:
            for field in ("name", "SPDXID", "versionInfo", "downloadLocation", "licenseConcluded", "licenseDeclared", "copyrightText"):
                self.assertTrue(package[field], (package["name"], field))
            self.assertEqual(package["filesAnalyzed"], "packageVerificationCode" in package, package["name"])
        for file in self.document["files"]:
            self.assertEqual(["SHA1", "SHA256"], [checksum["algorithm"] for checksum in file["checksums"]])
            self.assertTrue(file["fileName"].startswith("./"))

    def test_ids_are_well_formed_and_each_its_own(self):
        ids = [element["SPDXID"] for key in ("packages", "files") for element in self.document[key]]
        self.assertEqual(len(ids), len(set(ids)))
        for identity in ids:
            self.assertRegex(identity, r"^SPDXRef-[A-Za-z0-9.-]+$")

    def test_lists_each_file_with_its_sum_but_links_and_licences(self):
        self.assertIn("./usr/bin/noobaa-db-backup", self.files)
        self.assertNotIn("./usr/link", self.files)
        self.assertNotIn("./" + LICENCE, self.files)
        self.assertEqual(5, len(self.files))
        for name, file in self.files.items():
            content = (self.root / name).read_bytes()
            self.assertEqual(hashlib.sha256(content).hexdigest(), file["checksums"][1]["checksumValue"], name)

    def test_says_which_package_each_file_is_from(self):
        libc = next(name for name in self.files if name.endswith("libc.so.6"))
        self.assertEqual({("noobaa-db-backup", "./usr/bin/noobaa-db-backup"), ("libc6", libc),
                          ("ca-certificates", "./etc/ssl/certs/ca-certificates.crt"),
                          *(("tzdata", "./" + zone) for zone in ZONES)}, self.related("CONTAINS"))
        self.assertEqual({("noobaa-db-backup", name) for name in ("ca-certificates", "libc6", "tzdata")}, self.related("DEPENDS_ON"))

    def test_names_what_was_compiled_in(self):
        self.assertEqual({("libexpected-dev", "noobaa-db-backup")}, self.related("BUILD_DEPENDENCY_OF"))
        self.assertFalse(self.packages["libexpected-dev"]["filesAnalyzed"])

    def test_takes_licences_from_copyright_files_for_machines_only(self):
        self.assertEqual("CC0-1.0", self.packages["libexpected-dev"]["licenseDeclared"])
        self.assertEqual("NOASSERTION", self.packages["tzdata"]["licenseDeclared"])
        self.assertIn("public-domain", self.packages["tzdata"]["licenseComments"])
        self.assertEqual("NOASSERTION", self.packages["libc6"]["licenseDeclared"])
        self.assertEqual("Apache-2.0", self.packages["noobaa-db-backup"]["licenseDeclared"])

    def test_versions_are_those_installed(self):
        installed = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libc6"], capture_output=True, text=True, check=True)
        self.assertEqual(installed.stdout, self.packages["libc6"]["versionInfo"])
        self.assertRegex(self.packages["libc6"]["sourceInfo"], r"^built from glibc \S")
        self.assertRegex(self.packages["libc6"]["externalRefs"][0]["referenceLocator"], r"^pkg:deb/debian/libc6@[^+:]+\?arch=\w+$")

    def test_the_same_root_gives_the_same_document(self):
        self.assertEqual(self.text, run(self.root, "libexpected-dev"))

    def test_another_file_gives_another_name(self):
        with tempfile.TemporaryDirectory() as directory:
            other = make_root(directory)
            (other / "etc/nsswitch.conf").write_text("hosts: files dns\n")
            document = json.loads(run(other, "libexpected-dev"))
        self.assertNotEqual(self.document["documentNamespace"], document["documentNamespace"])

    def test_sources_are_one_line_each(self):
        lines = run(self.root, "--sources", "libexpected-dev").splitlines()
        self.assertEqual(["ca-certificates ca-certificates", "glibc libc6", "tl-expected libexpected-dev", "tzdata tzdata"], lines)
        self.assertTrue(all(re.fullmatch(r"\S+ \S+", line) for line in lines))


if __name__ == "__main__":
    unittest.main()
