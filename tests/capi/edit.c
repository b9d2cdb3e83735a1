/* Looking into images, editing them without a mount, and writing new files. usage: edit IMAGE FOLDER
 * Prints what it does; exits with 0 only if every check held. */
#include "test.h"

#include <pthread.h>
#include <sys/stat.h>

static char path_a[4096], path_b[4096];

static const char *below(char *place, const char *folder, const char *name) {
    snprintf(place, 4096, "%s/%s", folder, name);
    return place;
}

/* Contents in memory. */
struct text { char bytes[65536]; size_t size, pieces, stop_after; };

static int keep(const void *data, size_t size, void *user) {
    struct text *text = user;
    if (text->stop_after && ++text->pieces >= text->stop_after) return 1;
    if (size > sizeof text->bytes - 1 - text->size) return 2;
    if (size) memcpy(text->bytes + text->size, data, size);
    text->size += size;
    text->bytes[text->size] = 0;
    return 0;
}

static struct text text;

static int refuse(const void *data, size_t size, void *user) {
    (void)data, (void)size, (void)user;
    return 1;
}

static void read_is(ww_wim *wim, uint32_t index, const char *path, const char *stream, const char *expected) {
    memset(&text, 0, sizeof text);
    OK(ww_wim_read(wim, index, path, stream, keep, &text, &e));
    if (strcmp(text.bytes, expected)) {
        fprintf(stderr, "%s is '%s', not '%s'\n", path, text.bytes, expected);
        failures++;
    }
}

static int64_t give(void *data, size_t size, void *user);

static void nothing_crashes_on_null(ww_wim *wim, ww_overlay *overlay) {
    static const char byte = 0;
    char anything;
    char *json = &anything;
    ww_overlay *opened = (ww_overlay *)&anything;
    const ww_overlay *none[1] = {NULL};
    uint32_t one = 1;

    ww_overlay_close(NULL);
    FAILS(1, ww_wim_list(NULL, 1, "", 0, &json, &e));
    CHECK(!json);
    FAILS(1, ww_wim_list(wim, 1, NULL, 0, &json, &e));
    FAILS(1, ww_wim_list(wim, 1, "", 0, NULL, &e));
    FAILS(1, ww_wim_list(wim, 1, "\xff", 0, &json, &e));
    FAILS(1, ww_wim_list(wim, 0, "", 0, &json, &e));
    FAILS(1, ww_wim_read(NULL, 1, "x", NULL, keep, &text, &e));
    FAILS(1, ww_wim_read(wim, 1, NULL, NULL, keep, &text, &e));
    FAILS(1, ww_wim_read(wim, 1, "x", NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_read(wim, 1, "x", "\xff", keep, &text, &e));
    FAILS(1, ww_capture(NULL, "x", NULL, NULL, NULL, &e));
    FAILS(1, ww_capture("x", NULL, NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_append(NULL, "x", NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_append(wim, NULL, NULL, NULL, NULL, &e));
    FAILS(1, ww_mount_open(NULL, 1, "x", NULL, (ww_mount **)&json, &e));
    FAILS(1, ww_mount_open("x", 1, NULL, NULL, (ww_mount **)&json, &e));
    FAILS(1, ww_mount_open("x", 1, "x", NULL, NULL, &e));
    FAILS(1, ww_mount_end(NULL, WW_ENDING_KEEP, NULL, NULL, NULL, &e));
    FAILS(1, ww_unmount(NULL, WW_ENDING_KEEP, NULL, NULL, NULL, &e));
    FAILS(1, ww_unmount("/nonexistent", 7, NULL, NULL, NULL, &e));
    FAILS(1, ww_mount_wait(NULL, &e));
    CHECK(!ww_mount_is_mounted(NULL));
    ww_mount_close(NULL);
    FAILS(1, ww_mounts(0, NULL, &e));
    OK(ww_mounts(0, &json, &e));
    json_has(json, "\"mounts\":[");
    ww_string_free(json);
    FAILS(1, ww_unstage(NULL, "{}", NULL, NULL, NULL, &e));
    FAILS(1, ww_unstage("x", NULL, NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_packages(NULL, 1, 0, &json, &e));
    FAILS(1, ww_wim_packages(wim, 1, 0, NULL, &e));
    FAILS(1, ww_wim_export(NULL, NULL, 0, "x", NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_export(wim, NULL, 0, NULL, NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_export(wim, NULL, 1, "x", NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_export(wim, &one, 0, "x", NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_optimize(NULL, NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_split(NULL, "x", 1, NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_split(wim, NULL, 1, NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_delete(NULL, &one, 1, NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_delete(wim, NULL, 0, NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_set(NULL, 1, NULL, NULL, NULL, NULL, &e));
    FAILS(1, ww_wim_set(wim, 1, NULL, NULL, NULL, NULL, &e));
    FAILS(1, ww_overlay_open(NULL, 1, &opened, &e));
    CHECK(!opened);
    FAILS(1, ww_overlay_open(wim, 1, NULL, &e));
    FAILS(1, ww_overlay_list(NULL, "", 0, &json, &e));
    FAILS(1, ww_overlay_list(overlay, NULL, 0, &json, &e));
    FAILS(1, ww_overlay_list(overlay, "", 0, NULL, &e));
    FAILS(1, ww_overlay_read(NULL, "x", NULL, keep, &text, &e));
    FAILS(1, ww_overlay_read(overlay, NULL, NULL, keep, &text, &e));
    FAILS(1, ww_overlay_read(overlay, "x", NULL, NULL, NULL, &e));
    FAILS(1, ww_overlay_changes(NULL, &json, &e));
    FAILS(1, ww_overlay_changes(overlay, NULL, &e));
    FAILS(1, ww_overlay_set_clock(NULL, 0, &e));
    FAILS(1, ww_overlay_put_file(NULL, "x", NULL, "x", &e));
    FAILS(1, ww_overlay_put_file(overlay, NULL, NULL, "x", &e));
    FAILS(1, ww_overlay_put_file(overlay, "x", NULL, NULL, &e));
    FAILS(1, ww_overlay_put_file(overlay, "x", NULL, "", &e));
    FAILS(1, ww_overlay_put_bytes(NULL, "x", NULL, &byte, 1, &e));
    FAILS(1, ww_overlay_put_bytes(overlay, NULL, NULL, &byte, 1, &e));
    FAILS(1, ww_overlay_put_bytes(overlay, "x", NULL, NULL, 1, &e));
    FAILS(1, ww_overlay_remove(NULL, "x", &e));
    FAILS(1, ww_overlay_remove(overlay, NULL, &e));
    FAILS(1, ww_overlay_rename(NULL, "x", "y", &e));
    FAILS(1, ww_overlay_rename(overlay, NULL, "y", &e));
    FAILS(1, ww_overlay_rename(overlay, "x", NULL, &e));
    FAILS(1, ww_overlay_hard_link(NULL, "x", "y", &e));
    FAILS(1, ww_overlay_hard_link(overlay, "x", NULL, &e));
    FAILS(1, ww_overlay_mkdir(NULL, "x", &e));
    FAILS(1, ww_overlay_mkdir(overlay, NULL, &e));
    FAILS(1, ww_overlay_set_attributes(NULL, "x", 1, &e));
    FAILS(1, ww_overlay_set_times(NULL, "x", 1, 1, 1, &e));
    FAILS(1, ww_overlay_set_security(NULL, "x", &byte, 1, &e));
    FAILS(1, ww_overlay_set_security(overlay, "Windows", NULL, 1, &e));
    FAILS(1, ww_overlay_security(NULL, "x", keep, &text, &e));
    FAILS(1, ww_overlay_security(overlay, NULL, keep, &text, &e));
    FAILS(1, ww_overlay_security(overlay, "\xff", keep, &text, &e));
    FAILS(1, ww_overlay_security(overlay, "Windows", NULL, NULL, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_overlay_security(overlay, "none", keep, &text, &e));
    FAILS(1, ww_overlay_set_short_name(NULL, "x", "y", &e));
    FAILS(1, ww_overlay_commit(NULL, 1, NULL, NULL, NULL, &e));
    FAILS(1, ww_overlay_commit(none, 1, NULL, NULL, NULL, &e));
    FAILS(1, ww_overlay_commit(none, 0, NULL, NULL, NULL, &e));
    FAILS(1, ww_overlay_commit(none, (size_t)-1, NULL, NULL, NULL, &e));
}

/* Every options struct with sizes that no version has. */
static void sizes_are_checked(ww_wim *wim, ww_overlay *overlay) {
    static const size_t wrong[] = {0, sizeof(size_t) - 1, 5000, (size_t)-1};
    const ww_overlay *all[1];
    size_t i;
    all[0] = overlay;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ww_export_options export = {wrong[i], 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, 0, 0, NULL, 0};
        ww_open_options opening = {wrong[i], NULL, 0, NULL, 0};
        ww_wim *again = NULL;
        ww_split_options split = {wrong[i], 0, 0, NULL};
        ww_commit_options commit = {wrong[i], NULL, 0, 0, 0, 0, 0};
        ww_image_properties properties = {wrong[i], NULL, NULL, NULL, NULL, NULL, 0, 0};
        ww_progress progress = {wrong[i], NULL, NULL};
        ww_capture_options capture = {wrong[i], NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0};
        ww_mount_options mounting = {wrong[i], NULL, 0, 0, 0, 0, NULL, 0};
        ww_unstage_options unstage = {wrong[i], NULL, NULL, NULL, 0, 0, 0, NULL, 0};
        ww_mount *mounted = NULL;
        ww_diff_options diff = {wrong[i], NULL, 0, 0, 0};
        FAILS(1, ww_wim_open_with("x", &opening, &again, &e));
        FAILS(1, ww_wim_open_pipe(give, NULL, "x", &opening, &again, &e));
        FAILS(1, ww_capture("x", "y", &capture, NULL, NULL, &e));
        FAILS(1, ww_wim_append(wim, "x", &capture, NULL, NULL, &e));
        FAILS(1, ww_mount_open("x", 1, "y", &mounting, &mounted, &e));
        FAILS(1, ww_unstage("x", "{}", &unstage, NULL, NULL, &e));
        FAILS(1, ww_wim_diff(wim, 1, wim, 2, &diff, NULL, NULL, &e));
        FAILS(1, ww_wim_export(wim, NULL, 0, "x", &export, NULL, NULL, &e));
        FAILS(1, ww_wim_export(wim, NULL, 0, "x", NULL, &progress, NULL, &e));
        FAILS(1, ww_wim_optimize(wim, &export, NULL, NULL, &e));
        FAILS(1, ww_wim_split(wim, "x", 1 << 20, &split, NULL, NULL, &e));
        FAILS(1, ww_wim_set(wim, 1, &properties, NULL, NULL, NULL, &e));
        FAILS(1, ww_overlay_commit(all, 1, &commit, NULL, NULL, &e));
    }
}

static void look(ww_wim *wim) {
    char *json = NULL;
    OK(ww_wim_list(wim, 1, "Windows/System32/config", 0, &json, &e));
    json_has(json, "\"schema\":\"wimwright.ls.v1\"");
    json_has(json, "\"name\":\"edition.txt\"");
    ww_string_free(json);
    OK(ww_wim_list(wim, 1, "", 1, &json, &e));
    json_has(json, "\\\\Windows\\\\System32\\\\config\\\\edition.txt");
    ww_string_free(json);
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_list(wim, 1, "no/such", 0, &json, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_list(wim, 9, "", 0, &json, &e));
    CHECK(!json);
    OK(ww_wim_diff(wim, 1, wim, 2, NULL, NULL, &json, &e));
    json_has(json, "\"schema\":\"wimwright.diff.v1\"");
    json_has(json, "\"equal\":false");
    ww_string_free(json);
    OK(ww_wim_diff(wim, 1, wim, 1, NULL, NULL, &json, &e));
    json_has(json, "\"equal\":true");
    ww_string_free(json);
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_diff(NULL, 1, wim, 1, NULL, NULL, &json, &e));
    CHECK(!json);
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_diff(wim, 1, NULL, 1, NULL, NULL, &json, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_diff(wim, 1, wim, 7, NULL, NULL, &json, &e));
    OK(ww_wim_packages(wim, 1, 1, &json, &e));
    json_has(json, "\"schema\":\"wimwright.packages.v1\"");
    json_has(json, "Microsoft-Windows-Foundation-Package");
    ww_string_free(json);
    read_is(wim, 1, "\\windows\\SYSTEM32\\config\\edition.txt", NULL, "Professional");
    read_is(wim, 2, "Windows/System32/config/edition.txt", "", "Enterprise");
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_read(wim, 1, "Windows/none", NULL, keep, &text, &e));
    FAILS(WW_STATUS_NOT_FOUND,
          ww_wim_read(wim, 1, "Windows/System32/config/edition.txt", "none", keep, &text, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_read(wim, 1, "Windows", NULL, keep, &text, &e));
    text.stop_after = 1;
    FAILS(WW_STATUS_CANCELLED,
          ww_wim_read(wim, 1, "Windows/System32/config/edition.txt", NULL, keep, &text, &e));
}

static const ww_overlay *shared;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static int inside, leave;

static int hold(const void *data, size_t size, void *user) {
    (void)data; (void)size; (void)user;
    pthread_mutex_lock(&gate);
    inside = 1;
    pthread_cond_broadcast(&turn);
    while (!leave) pthread_cond_wait(&turn, &gate);
    pthread_mutex_unlock(&gate);
    return 0;
}

static void *read_it(void *unused) {
    (void)unused;
    OK(ww_overlay_read(shared, "new/a.txt", NULL, hold, NULL, &e));
    return NULL;
}

/* A name that is no UTF-16: an unpaired surrogate, as WTF-8. */
#define ODD "new/odd\xed\xa0\x80.txt"

static void edits(const char *image, const char *folder) {
    static const unsigned char descriptor[20] = {1, 0, 0, 0x80};
    ww_wim *wim = NULL;
    ww_overlay *first = NULL, *second = NULL;
    const ww_overlay *both[2];
    char *json = NULL;
    const char *edition = "Windows/System32/config/edition.txt";
    struct seen seen = {0, 0, 0, 0};
    ww_progress progress = {sizeof progress, report, &seen};
    pthread_t thread;
    FILE *file;

    OK(ww_wim_open(image, &wim, &e));
    look(wim);
    OK(ww_overlay_open(wim, 1, &first, &e));
    OK(ww_overlay_open(wim, 2, &second, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_overlay_open(wim, 3, (ww_overlay **)&shared, &e));
    nothing_crashes_on_null(wim, first);
    sizes_are_checked(wim, first);
    ww_wim_close(wim); /* The overlays keep it. */

    file = fopen(below(path_a, folder, "file.bin"), "wb");
    CHECK(file && fwrite("from a file", 1, 11, file) == 11 && !fclose(file));
    OK(ww_overlay_set_clock(first, 132000000000000000u, &e));
    OK(ww_overlay_put_bytes(first, "new/a.txt", NULL, "some text", 9, &e));
    OK(ww_overlay_put_bytes(first, "new/empty", NULL, NULL, 0, &e));
    OK(ww_overlay_put_bytes(first, ODD, NULL, "odd", 3, &e));
    OK(ww_overlay_put_bytes(first, "new/a.txt", "Zone.Identifier", "3", 1, &e));
    OK(ww_overlay_put_file(first, "new/sub/file.bin", NULL, path_a, &e));
    OK(ww_overlay_hard_link(first, "new/a.txt", "new/b.txt", &e));
    OK(ww_overlay_rename(first, "new/sub", "new/moved", &e));
    OK(ww_overlay_mkdir(first, "new/folder", &e));
    OK(ww_overlay_set_attributes(first, "new/a.txt", 0x21, &e));
    OK(ww_overlay_set_times(first, "new/a.txt", 0, 0, 132500000000000000u, &e));
    OK(ww_overlay_set_security(first, "new/a.txt", descriptor, sizeof descriptor, &e));
    memset(&text, 0, sizeof text);
    OK(ww_overlay_security(first, "new/A.TXT", keep, &text, &e));
    CHECK(!memcmp(text.bytes, descriptor, sizeof descriptor));
    FAILS(WW_STATUS_CANCELLED, ww_overlay_security(first, "new/a.txt", refuse, NULL, &e));
    OK(ww_overlay_security(first, "new/empty", refuse, NULL, &e)); /* It has none. */
    OK(ww_overlay_set_short_name(first, "new/moved", "MOVED~1", &e));
    OK(ww_overlay_remove(first, edition, &e));
    OK(ww_overlay_put_bytes(second, edition, NULL, "changed", 7, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_overlay_remove(first, edition, &e));
    FAILS(WW_STATUS_ALREADY_EXISTS, ww_overlay_rename(first, "new/a.txt", "new/b.txt", &e));
    FAILS(WW_STATUS_UNSAFE_PATH, ww_overlay_put_bytes(first, "new/a:b", NULL, "x", 1, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_overlay_put_file(first, "x", NULL, "/nonexistent/none", &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_overlay_put_file(first, "x", NULL, "/", &e));

    OK(ww_overlay_changes(first, &json, &e));
    json_has(json, "\"schema\":\"wimwright.changes.v1\"");
    json_has(json, "\"added\":4");
    ww_string_free(json);
    OK(ww_overlay_list(first, "new", 1, &json, &e));
    json_has(json, "\"short_name\":\"MOVED~1\"");
    json_has(json, "\"name\":\"Zone.Identifier\",\"size\":1");
    ww_string_free(json);
    memset(&text, 0, sizeof text);
    OK(ww_overlay_read(first, "NEW/MOVED/FILE.BIN", NULL, keep, &text, &e));
    CHECK(!strcmp(text.bytes, "from a file"));

    /* While one thread reads, another is refused, and does not hang. */
    shared = first;
    CHECK(pthread_create(&thread, NULL, read_it, NULL) == 0);
    pthread_mutex_lock(&gate);
    while (!inside) pthread_cond_wait(&turn, &gate);
    FAILS(WW_STATUS_BUSY, ww_overlay_remove(first, "new", &e));
    leave = 1;
    pthread_cond_broadcast(&turn);
    pthread_mutex_unlock(&gate);
    CHECK(pthread_join(thread, NULL) == 0);

    both[0] = both[1] = first;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_overlay_commit(both, 2, NULL, NULL, NULL, &e));
    both[1] = second;
    seen.stop_at = WW_PHASE_WRITE;
    FAILS(WW_STATUS_CANCELLED, ww_overlay_commit(both, 2, NULL, &progress, &json, &e));
    CHECK(!json);
    seen.stop_at = 0;
    OK(ww_overlay_commit(both, 2, NULL, &progress, &json, &e));
    json_has(json, "\"schema\":\"wimwright.commit.v1\"");
    json_has(json, "\"images\":[1,2]");
    ww_string_free(json);
    FAILS(WW_STATUS_BUSY, ww_overlay_commit(both, 2, NULL, NULL, NULL, &e));
    ww_overlay_close(first);
    ww_overlay_close(second);

    OK(ww_wim_open(image, &wim, &e));
    read_is(wim, 1, "new/b.txt", NULL, "some text");
    read_is(wim, 1, "new/a.txt", "Zone.Identifier", "3");
    read_is(wim, 1, "new/moved/file.bin", NULL, "from a file");
    read_is(wim, 1, "new/empty", NULL, "");
    read_is(wim, 1, ODD, NULL, "odd");
    read_is(wim, 2, edition, NULL, "changed");
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_read(wim, 1, edition, NULL, keep, &text, &e));
    OK(ww_wim_list(wim, 1, "new/a.txt", 0, &json, &e));
    json_has(json, "\"links\":2");
    json_has(json, "\"attributes\":33");
    ww_string_free(json);
    ww_wim_close(wim);
}

/* A caller's way to give a file's bytes; `left` pieces, then it gives up. */
struct giver { FILE *file; unsigned left; };

static int64_t give(void *data, size_t size, void *user) {
    struct giver *giver = user;
    if (!giver->left--) return -1;
    return (int64_t)fread(data, 1, size, giver->file);
}

static int64_t give_too_much(void *data, size_t size, void *user) {
    (void)data, (void)user;
    return (int64_t)size + 1;
}

/* The first image of `wim`, whose file is `made`, as a delta of that file: there is nothing in it. */
static void deltas(ww_wim *wim, const char *made, const char *folder) {
    static const uint32_t first = 1;
    const char *bases[1], *none[1] = {NULL};
    ww_export_options options;
    ww_open_options with = {sizeof with, NULL, 1, NULL, 0};
    ww_wim *delta = NULL;
    char place[4096];
    bases[0] = made;
    below(place, folder, "../delta.wim");
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.name = "A delta";
    options.delta_count = 1;
    FAILS(1, ww_wim_export(wim, &first, 1, place, &options, NULL, NULL, &e));
    options.delta_from = none;
    FAILS(1, ww_wim_export(wim, &first, 1, place, &options, NULL, NULL, &e));
    options.delta_from = bases;
    OK(ww_wim_export(wim, &first, 1, place, &options, NULL, NULL, &e));
    OK(ww_wim_open(place, &delta, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_wim_read(delta, 1, "file.bin", NULL, keep, &text, &e));
    ww_wim_close(delta);
    FAILS(1, ww_wim_open_with(place, &with, &delta, &e));
    with.references = bases;
    OK(ww_wim_open_with(place, &with, &delta, &e));
    read_is(delta, 1, "file.bin", NULL, "from a file");
    ww_wim_close(delta);
    /* As a program with an older header asks: a part of the struct is all that is there to be read. */
    with.struct_size = offsetof(ww_open_options, parts);
    with.part_count = 77;
    OK(ww_wim_open_with(place, &with, &delta, &e));
    ww_wim_close(delta);
}

static void pipes(const char *made) {
    struct giver giver = {NULL, 1000000};
    ww_wim *wim = NULL;
    giver.file = fopen(made, "rb");
    FAILS(1, ww_wim_open_pipe(NULL, &giver, "pipe", NULL, &wim, &e));
    FAILS(1, ww_wim_open_pipe(give, &giver, NULL, NULL, &wim, &e));
    FAILS(1, ww_wim_open_pipe(give, &giver, "pipe", NULL, NULL, &e));
    FAILS(WW_STATUS_IO, ww_wim_open_pipe(give_too_much, NULL, "pipe", NULL, &wim, &e));
    OK(ww_wim_open_pipe(give, &giver, "pipe", NULL, &wim, &e));
    read_is(wim, 1, "file.bin", NULL, "from a file");
    ww_wim_close(wim);
    FAILS(WW_STATUS_MALFORMED, ww_wim_open_pipe(give, &giver, "its end", NULL, &wim, &e));
    CHECK(!wim);
    rewind(giver.file);
    giver.left = 1;
    FAILS(WW_STATUS_CANCELLED, ww_wim_open_pipe(give, &giver, "pipe", NULL, &wim, &e));
    fclose(giver.file);
}

static void files(const char *image, const char *folder) {
    static const unsigned char guid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    ww_wim *wim = NULL;
    char *json = NULL, *value = NULL;
    uint32_t indexes[2] = {2, 1};
    ww_export_options options;
    ww_split_options split;
    ww_commit_options commit;
    ww_image_properties properties;

    below(path_a, folder, "new.wim");
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.compression = 9;
    OK(ww_wim_open(image, &wim, &e));
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_export(wim, indexes, 2, path_a, &options, NULL, NULL, &e));
    options.compression = WW_COMPRESSION_XPRESS;
    options.integrity = 3;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_export(wim, indexes, 2, path_a, &options, NULL, NULL, &e));
    options.integrity = WW_CHOICE_YES;
    options.guid = guid;
    OK(ww_wim_export(wim, indexes, 2, path_a, &options, NULL, &json, &e));
    json_has(json, "\"schema\":\"wimwright.export.v1\"");
    json_has(json, "\"images\":[2,1]");
    ww_string_free(json);
    FAILS(WW_STATUS_ALREADY_EXISTS, ww_wim_export(wim, indexes, 2, path_a, &options, NULL, NULL, &e));
    options.replace = 1;
    OK(ww_wim_export(wim, NULL, 0, path_a, &options, NULL, NULL, &e));
    indexes[0] = 1;
    FAILS(WW_STATUS_INVALID_ARGUMENT, ww_wim_export(wim, indexes, 2, path_a, &options, NULL, NULL, &e));
    ww_wim_close(wim);

    OK(ww_wim_open(path_a, &wim, &e));
    OK(ww_wim_info(wim, &json, &e));
    json_has(json, "\"compression\":\"xpress\"");
    json_has(json, "\"guid\":\"0102030405060708090a0b0c0d0e0f10\"");
    json_has(json, "\"integrity\":true");
    ww_string_free(json);
    memset(&properties, 0, sizeof properties);
    properties.struct_size = sizeof properties;
    properties.name = "Another name";
    properties.boot = WW_CHOICE_YES;
    OK(ww_wim_set(wim, 2, &properties, NULL, NULL, &json, &e));
    json_has(json, "\"schema\":\"wimwright.set.v1\"");
    ww_string_free(json);
    FAILS(WW_STATUS_BUSY, ww_wim_set(wim, 1, &properties, NULL, NULL, NULL, &e)); /* the file has changed */
    ww_wim_close(wim);

    OK(ww_wim_open(path_a, &wim, &e));
    OK(ww_wim_property(wim, 2, "NAME", &value, &e));
    CHECK(!strcmp(value, "Another name"));
    ww_string_free(value);
    OK(ww_wim_info(wim, &json, &e));
    json_has(json, "\"boot_index\":2");
    ww_string_free(json);
    memset(&commit, 0, sizeof commit);
    commit.struct_size = sizeof commit;
    commit.output = below(path_b, folder, "one.wim");
    OK(ww_wim_delete(wim, indexes, 1, &commit, NULL, &json, &e));
    json_has(json, "\"schema\":\"wimwright.delete.v1\"");
    ww_string_free(json);
    ww_wim_close(wim);

    OK(ww_wim_open(path_b, &wim, &e));
    CHECK(ww_wim_image_count(wim) == 1);
    OK(ww_wim_optimize(wim, NULL, NULL, &json, &e));
    json_has(json, "\"schema\":\"wimwright.optimize.v1\"");
    ww_string_free(json);
    ww_wim_close(wim);
    OK(ww_wim_open(path_b, &wim, &e));
    OK(ww_wim_verify(wim, NULL, NULL, NULL, &e));
    {
        /* The folder itself as an image, and once more behind it; what is left out is nothing. */
        ww_image_properties named = {sizeof named, "From a folder", NULL, NULL, NULL, NULL, 0, 0};
        ww_capture_options capture = {sizeof capture, &named, NULL, NULL, NULL, 0, 1, 0, 0, 0, 0, 0};
        char made[4096];
        ww_wim *captured = NULL;
        below(made, folder, "../captured.wim");
        OK(ww_capture(folder, made, &capture, NULL, &json, &e));
        json_has(json, "\"schema\":\"wimwright.capture.v1\"");
        ww_string_free(json);
        FAILS(WW_STATUS_ALREADY_EXISTS, ww_capture(folder, made, &capture, NULL, &json, &e));
        OK(ww_wim_open(made, &captured, &e));
        named.name = "Once more";
        OK(ww_wim_append(captured, folder, &capture, NULL, &json, &e));
        json_has(json, "\"schema\":\"wimwright.append.v1\"");
        ww_string_free(json);
        ww_wim_close(captured);
        OK(ww_wim_open(made, &captured, &e));
        CHECK(ww_wim_image_count(captured) == 2);
        read_is(captured, 1, "file.bin", NULL, "from a file");
        deltas(captured, made, folder);
        ww_wim_close(captured);
        pipes(made);
    }
    memset(&split, 0, sizeof split);
    split.struct_size = sizeof split;
    split.integrity = WW_CHOICE_NO;
    below(path_a, folder, "set.swm");
    OK(ww_wim_split(wim, path_a, 1 << 18, &split, NULL, &json, &e));
    json_has(json, "\"schema\":\"wimwright.split.v1\"");
    json_has(json, "set2.swm");
    ww_string_free(json);
    FAILS(WW_STATUS_ALREADY_EXISTS, ww_wim_split(wim, path_a, 1 << 18, &split, NULL, NULL, &e));
    ww_wim_close(wim);
}

static void *wait_for_it(void *mount) {
    OK(ww_mount_wait(mount, &e));
    return NULL;
}

/* What is changed below a mount that somebody else ends stays in its folder, and is committed later. */
static void mounts(const char *image, const char *folder) {
    ww_mount_options options = {0};
    ww_mount *mount = NULL;
    ww_error *error = NULL;
    ww_wim *wim = NULL;
    pthread_t thread;
    char place[4096], inside_it[4096 + 16], overlay[4096], *json = NULL;
    uint32_t status;
    FILE *file;

    options.struct_size = sizeof options;
    options.overlay = below(overlay, folder, "overlay");
    options.read_write = 1;
    CHECK(!mkdir(below(place, folder, "mount"), 0700));
    status = ww_mount_open(image, 1, place, &options, &mount, &error);
    if (status == WW_STATUS_UNSUPPORTED || status == WW_STATUS_NOT_AVAILABLE || status == WW_STATUS_PERMISSION_DENIED
        || status == WW_STATUS_IO) {
        printf("skipped: mount: %s\n", ww_error_message(error)); /* Not every machine lets a user mount. */
        ww_error_free(error);
        CHECK(!mount);
        return;
    }
    ok(__LINE__, status, error);
    CHECK(ww_mount_is_mounted(mount));
    snprintf(inside_it, sizeof inside_it, "%s/mounted.txt", place);
    file = fopen(inside_it, "wb");
    CHECK(file && fputs("through a mount", file) >= 0 && !fclose(file));
    OK(ww_mounts(0, &json, &e));
    json_has(json, place);
    ww_string_free(json);
    CHECK(pthread_create(&thread, NULL, wait_for_it, mount) == 0);
    OK(ww_unmount(place, WW_ENDING_KEEP, NULL, NULL, &json, &e));
    json_has(json, "\"schema\":\"wimwright.unmount.v1\"");
    ww_string_free(json);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(!ww_mount_is_mounted(mount));
    FAILS(1, ww_mount_end(mount, WW_ENDING_COMMIT, NULL, NULL, NULL, &e));
    ww_mount_close(mount);
    OK(ww_unmount(overlay, WW_ENDING_COMMIT, NULL, NULL, NULL, &e));
    OK(ww_wim_open(image, &wim, &e));
    read_is(wim, 1, "mounted.txt", NULL, "through a mount");
    ww_wim_close(wim);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: edit IMAGE FOLDER\n");
        return 2;
    }
    edits(argv[1], argv[2]);
    files(argv[1], argv[2]);
    /* Valgrind lets one thread go at a time, also while it waits for the one that serves the mount. */
    if (getenv("NO_MOUNT")) puts("skipped: mount");
    else mounts(argv[1], argv[2]);
    printf("%s\n", failures ? "FAILED" : "all checks held");
    return failures != 0;
}
