/* wimwright.dll from a C program by mingw. usage: windows.exe IMAGE */
#include "test.h"

int main(int argc, char **argv) {
    ww_wim *wim = NULL;
    ww_overlay *overlay = NULL;
    const ww_overlay *all[1];
    char *json = NULL;
    struct seen seen = {0, 0, 0, 0};
    ww_progress progress = {sizeof progress, report, &seen};

    if (argc != 2) return 2;
    CHECK(ww_abi_version() == WW_ABI_VERSION);
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_open("C:\\none\\image.wim", &wim, &e));
    OK(ww_wim_open(argv[1], &wim, &e));
    CHECK(ww_wim_image_count(wim) == 2);
    OK(ww_wim_verify(wim, NULL, &progress, &json, &e));
    json_has(json, "\"problems\":[]");
    ww_string_free(json);
    CHECK(seen.phases & 1u << WW_PHASE_VERIFY);
    OK(ww_overlay_open(wim, 1, &overlay, &e));
    ww_wim_close(wim);
    OK(ww_overlay_put_bytes(overlay, "new/\xc3\xa4.txt", NULL, "text", 4, &e));
    all[0] = overlay;
    OK(ww_overlay_commit(all, 1, NULL, &progress, &json, &e));
    json_has(json, "wimwright.commit.v1");
    ww_string_free(json);
    ww_overlay_close(overlay);
    OK(ww_wim_open(argv[1], &wim, &e));
    OK(ww_wim_list(wim, 1, "NEW", 0, &json, &e));
    json_has(json, "\"size\":4");
    ww_string_free(json);
    ww_wim_close(wim);
    printf("%s\n", failures ? "FAILED" : "all checks held");
    return failures != 0;
}
