// A program that uses the installed library from C++: the same for pkg-config and for CMake.
// usage: example IMAGE UPDATE OUTPUT
#include <wimwright.hpp>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

static int failures;

#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            std::fprintf(stderr, "line %d: %s does not hold\n", __LINE__, #condition); \
            failures++;                                                               \
        }                                                                             \
    } while (0)

namespace ww = wimwright;

#ifdef WIMWRIGHT_NO_EXCEPTIONS

static void everything(const char *path, const char *update, const char *output) {
    auto wim = ww::image::open(path);
    CHECK(wim && wim->count() == 2);
    auto missing = ww::image::open("/nonexistent.wim");
    CHECK(!missing && missing.error().status() == WW_STATUS_NOT_FOUND && missing.error().hresult() == 0x80070002u);
    auto text = wim->read(1, "Windows/System32/config/edition.txt");
    CHECK(text && *text == "Professional");
    CHECK(!wim->read(1, "none"));
    ww::session_options options;
    options.output = output;
    auto session = ww::session::open(path, options);
    CHECK(session && session->add_update(update));
    auto cancelled = session->commit([](const ww::event &e) { return e.phase != WW_PHASE_WRITE; });
    CHECK(!cancelled && cancelled.error().status() == WW_STATUS_CANCELLED);
    CHECK(session->commit());
    CHECK(session->receipt() && session->receipt()->find("wimwright.receipt.v1") != std::string::npos);
    auto overlay = ww::overlay::open(*wim, 1);
    auto site = ww::site::init(std::string(output) + ".site");
    CHECK(site && site->packages() && !site->package("none") && !site->import_updates({update}).failure);
    CHECK(overlay && overlay->put("new.txt", "new") && !overlay->remove("none") && overlay->changes());
    CHECK(!overlay->read("new.txt", [](const void *, std::size_t) { return false; }));
    CHECK(!ww::image::open_pipe([](void *, std::size_t) { return -1; }, "a pipe"));
    CHECK(!ww::image::capture("/nonexistent", std::string(output) + ".none") && ww::mount::list());
    CHECK(!ww::session::unstage(path, "{}") && ww::media::refresh("/nonexistent", "/none", {}).failure);
}

#else

// A folder as an image, once more behind it, the second as a delta of them both, and all of it through a pipe.
static void folders(const std::string &path, const std::string &output) {
    const std::string tree = output + ".tree", file = output + ".captured", delta = output + ".delta";
    ww::image::open(path).extract(1, tree, {"new"});
    ww::capture_options capture;
    capture.properties.name = "First";
    capture.packing.compression = WW_COMPRESSION_XPRESS;
    CHECK(ww::image::capture(tree, file, capture).find("wimwright.capture.v1") != std::string::npos);
    capture.properties.name = "Second";
    capture.packing = {};
    CHECK(ww::image::open(file).append(tree, capture).find("wimwright.append.v1") != std::string::npos);
    ww::export_options without;
    without.delta_from = {file};
    ww::image::open(file).export_to(delta, {2}, without);
    CHECK(ww::image::open(delta, {file}).read(1, "new/c.txt") == "some text");
    std::FILE *bytes = std::fopen(file.c_str(), "rb");
    ww::image piped = ww::image::open_pipe(
        [&](void *data, std::size_t size) { return static_cast<std::int64_t>(std::fread(data, 1, size, bytes)); }, "a pipe");
    std::fclose(bytes);
    CHECK(piped.count() == 2 && piped.read(2, "new/a.txt") == "some text");
    try {
        ww::image::open_pipe([](void *, std::size_t) -> std::int64_t { throw std::logic_error("mine"); }, "a pipe");
        CHECK(false);
    } catch (const std::logic_error &mine) {
        CHECK(std::string(mine.what()) == "mine");
    }
    std::string seen;
    ww::overlay edit = ww::overlay::open(piped, 1);
    edit.put("b.txt", "changed");
    edit.read("b.txt", [&](const void *data, std::size_t size) {
        seen.append(static_cast<const char *>(data), size);
        return true;
    });
    CHECK(seen == "changed");
}

static void everything(const char *path, const char *update, const char *output) {
    ww::overlay edit = [&] {
        ww::image wim = ww::image::open(path);
        CHECK(wim.count() == 2);
        CHECK(wim.property(2, "WINDOWS/EDITIONID") == "Enterprise");
        CHECK(wim.read(1, "Windows/System32/config/edition.txt") == "Professional");
        CHECK(wim.list(1, "Windows").find("System32") != std::string::npos);
        CHECK(wim.packages(1).find("Foundation") != std::string::npos);
        CHECK(wim.diff(1, wim, 2).json.find("\"equal\":false") != std::string::npos);
        unsigned reports = 0;
        ww::report sound = wim.verify([&](const ww::event &e) { return reports += e.phase == WW_PHASE_VERIFY, true; });
        CHECK(!sound.failure && reports > 0 && sound.json.find("wimwright.verify.v1") != std::string::npos);
        ww::report stopped = wim.verify([](const ww::event &) { return false; });
        CHECK(stopped.failure && stopped.failure->status() == WW_STATUS_CANCELLED && stopped.json.empty());
        // An exception of the caller's own comes out as it went in.
        try {
            wim.verify([](const ww::event &) -> bool { throw std::logic_error("mine"); });
            CHECK(false);
        } catch (const std::logic_error &mine) {
            CHECK(std::string(mine.what()) == "mine");
        }
        try {
            wim.read(1, "Windows/System32/config/edition.txt",
                     ww::sink([](const void *, std::size_t) -> bool { throw std::logic_error("mine"); }));
            CHECK(false);
        } catch (const std::logic_error &) {
        }
        try {
            wim.read(1, "none");
            CHECK(false);
        } catch (const ww::error &e) {
            CHECK(e.status() == WW_STATUS_NOT_FOUND && e.path().find("none") != std::string::npos);
        }
        return ww::overlay::open(wim, 1); // It outlives the image that it is a view of.
    }();

    ww::session_options options;
    options.output = output;
    options.indexes = {1, 2};
    ww::session session = ww::session::open(path, options);
    session.add_update(update);
    CHECK(session.plan().find("applicable") != std::string::npos);
    session.commit();
    CHECK(session.receipt().find("wimwright.receipt.v1") != std::string::npos);
    CHECK(ww::inspect(update).find("KB9999999") != std::string::npos);

    ww::site site = ww::site::init(std::string(output) + ".site");
    CHECK(!site.import_updates({update}).failure && site.import_updates({"/none"}).failure);
    CHECK(site.updates().find("KB9999999") != std::string::npos);
    CHECK(site.inspection("KB9999999").find("wimwright.inspect.v1") != std::string::npos);
    for (int i = 0; i < 3; i++) {
        try {
            if (i == 0) site.export_prestaged_signed({"none"}, output, "/none.pem");
            if (i == 1) site.import_prestaged_signed("/none.zip", "d", "/none.pub");
            if (i == 2) ww::site::unpack_prestaged_signed("/none.zip", std::string(output) + ".other", "/none.pub");
            CHECK(false);
        } catch (const ww::error &e) {
            CHECK(e.status() == WW_STATUS_NOT_FOUND && e.path().find("/none.p") == 0);
        }
    }
    CHECK(site.add_point({"d", std::string(output) + ".point", {}, {}, {}}).find("\"name\":\"d\"") != std::string::npos);
    CHECK(site.run().json.find("\"runs\":[]") != std::string::npos && !site.verify().failure);
    try {
        site.add_schedule("none", {});
        CHECK(false);
    } catch (const ww::error &e) {
        CHECK(e.status() == WW_STATUS_NOT_FOUND || e.status() == WW_STATUS_INVALID_ARGUMENT);
    }

    edit.put("new/a.txt", "some text");
    edit.set_security("new/a.txt", std::string("\1\0\4\x80", 4) + std::string(16, '\0'));
    std::string descriptor;
    edit.security("new/a.txt", [&](const void *data, std::size_t size) {
        descriptor.append(static_cast<const char *>(data), size);
        return true;
    });
    CHECK(descriptor.size() == 20 && descriptor[2] == 4);
    edit.hard_link("new/a.txt", "new/b.txt");
    edit.rename("new/b.txt", "new/c.txt");
    ww::commit_options in_place;
    ww::session held = ww::session::open(output); // Another file, so no lock is in the way.
    CHECK(edit.commit(in_place).find("wimwright.commit.v1") != std::string::npos);
    ww::image again = ww::image::open(path);
    CHECK(again.read(1, "new/c.txt") == "some text");
    folders(path, output);

    // What the session staged goes out again; a medium that is none is refused.
    const std::string receipt = session.receipt();
    ww::unstage_options look;
    look.dry_run = true;
    look.indexes = {2};
    CHECK(ww::session::unstage(output, receipt, look).find("\"written\":false") != std::string::npos);
    ww::report none = ww::media::refresh("/nonexistent", "/none", {});
    CHECK(none.failure && none.failure->status() == WW_STATUS_NOT_FOUND && none.json.empty());
    CHECK(ww::mount::list().find("wimwright.mounts.v1") != std::string::npos);
}

#endif

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    CHECK(ww::abi_matches());
    std::printf("wimwright %s\n", ww::version().c_str());
    everything(argv[1], argv[2], argv[3]);
    std::puts(failures ? "FAILED" : "all checks held");
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
