/* A medium of Windows Setup brought up to date. usage: refresh FOLDER (with media, lcu, safeos.cab, setup.cab, dotnet.cab)
 * Prints what it does; exits with 0 only if every check held. */
#include "test.h"

static char places[8][4096];

static const char *below(int place, const char *folder, const char *name) {
    snprintf(places[place], sizeof places[place], "%s/%s", folder, name);
    return places[place];
}

static int is_there(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file) fclose(file);
    return file != NULL;
}

static void refuses(const char *medium, const char *out, const ww_refresh_options *good) {
    static const size_t wrong[] = {0, sizeof(size_t) - 1, 5000, (size_t)-1};
    char anything;
    char *json = &anything;
    ww_refresh_options options = *good;
    ww_progress progress = {1, report, NULL};
    uint32_t none = 77;
    size_t i;

    FAILS(1, ww_media_refresh(NULL, out, good, NULL, &json, &e));
    CHECK(!json);
    FAILS(1, ww_media_refresh(medium, NULL, good, NULL, &json, &e));
    FAILS(1, ww_media_refresh("", out, good, NULL, &json, &e));
    FAILS(1, ww_media_refresh(medium, "\xff", good, NULL, &json, &e));
    FAILS(1, ww_media_refresh(medium, out, NULL, NULL, &json, &e)); /* no update */
    FAILS(1, ww_media_refresh(medium, out, good, &progress, &json, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_media_refresh("/nonexistent", out, good, NULL, &json, &e));
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        options.struct_size = wrong[i];
        FAILS(1, ww_media_refresh(medium, out, &options, NULL, NULL, &e));
    }
    options = *good;
    options.level = 9;
    FAILS(1, ww_media_refresh(medium, out, &options, NULL, &json, &e));
    options.level = WW_LEVEL_DELIVER;
    FAILS(1, ww_media_refresh(medium, out, &options, NULL, &json, &e));
    options = *good;
    options.indexes = NULL;
    FAILS(1, ww_media_refresh(medium, out, &options, NULL, &json, &e));
    options.indexes = &none;
    options.index_count = 1;
    FAILS(WW_STATUS_NOT_FOUND, ww_media_refresh(medium, out, &options, NULL, &json, &e));
    options = *good;
    options.cumulative = good->setup;
    FAILS(1, ww_media_refresh(medium, out, &options, NULL, &json, &e));
    CHECK(!json);
}

int main(int argc, char **argv) {
    ww_refresh_options options;
    const char *medium, *out;
    struct seen seen = {0, 0, 0, 0};
    ww_progress progress = {sizeof progress, report, &seen};
    static const uint32_t indexes[2] = {1, 3};
    char *json = NULL;

    if (argc != 2) return 2;
    medium = below(0, argv[1], "media");
    out = below(1, argv[1], "new");
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.cumulative = below(2, argv[1], "lcu");
    options.safe_os = below(3, argv[1], "safeos.cab");
    options.setup = below(4, argv[1], "setup.cab");
    options.dotnet = below(5, argv[1], "dotnet.cab");
    options.indexes = indexes;
    options.index_count = 2;
    refuses(medium, out, &options);

    options.dry_run = 1;
    OK(ww_media_refresh(medium, out, &options, NULL, &json, &e));
    json_has(json, "\"schema\":\"wimwright.media-refresh.v1\"");
    json_has(json, "\"written\":false");
    ww_string_free(json);
    options.dry_run = 0;
    seen.stop_at = WW_PHASE_WRITE;
    FAILS(WW_STATUS_CANCELLED, ww_media_refresh(medium, out, &options, &progress, &json, &e));
    CHECK(!json && !is_there(below(6, argv[1], "new/setup.exe")));
    seen.stop_at = 0;
    options.receipts = below(7, argv[1], "receipts");
    OK(ww_media_refresh(medium, out, &options, &progress, &json, &e));
    json_has(json, "\"written\":true");
    json_has(json, "\"role\":\"winre\"");
    json_has(json, "\"outcome\":\"serviced\"");
    ww_string_free(json);
    CHECK(seen.phases & 1u << WW_PHASE_STAGE && seen.phases & 1u << WW_PHASE_WRITE);
    CHECK(is_there(below(6, argv[1], "new/sources/appraiser.dll")) && is_there(below(6, argv[1], "new/setup.exe")));
    CHECK(is_there(below(6, argv[1], "receipts/install.json")));
    FAILS(WW_STATUS_ALREADY_EXISTS, ww_media_refresh(medium, out, &options, NULL, &json, &e));
    printf("%s\n", failures ? "FAILED" : "all checks held");
    return failures != 0;
}
