/* A site with upgrade packages as a C program keeps it. usage: site MEDIA UPDATE FOLDER
 * MEDIA is changed at the end. Prints what it does; exits with 0 only if every check held. */
#include "test.h"

static char places[10][4096];

static const char *below(int place, const char *folder, const char *name) {
    snprintf(places[place], sizeof places[place], "%s/%s", folder, name);
    return places[place];
}

static void has(char *json, const char *name, const char *text) {
    char schema[128];
    snprintf(schema, sizeof schema, "wimwright.%s.v1", name);
    json_has(json, schema);
    json_has(json, text);
    ww_string_free(json);
}

/* A call whose document has `text` in it. */
#define GIVES(name, text, call) do { char *json = NULL; OK(call); has(json, name, text); } while (0)

/* One that fails and gives its document all the same. */
#define FINDS(status, name, text, call)                                                 \
    do { char *json = NULL; FAILS(status, call); has(json, name, text); } while (0)

static void nothing_crashes_on_null(ww_site *site, const char *folder) {
    char anything;
    char *json = &anything;
    ww_site *opened = (ww_site *)&anything;
    ww_site_add_options add = {sizeof add, NULL, NULL, NULL, 0, 0};
    ww_schedule_options both = {0};
    ww_point_options point = {sizeof point, "a", NULL, NULL, NULL, NULL, 0, 0};
    ww_progress wrong = {0, report, NULL};
    const char *none[1] = {NULL};

    ww_site_close(NULL);
    FAILS(1, ww_site_init(NULL, &opened, &e));
    CHECK(!opened);
    FAILS(1, ww_site_init("x", NULL, &e));
    FAILS(1, ww_site_open("", &opened, &e));
    FAILS(1, ww_site_open("\xff", &opened, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_site_open("/nonexistent", &opened, &e));
    FAILS(WW_STATUS_ALREADY_EXISTS, ww_site_init(folder, &opened, &e));
    CHECK(!opened);

    FAILS(1, ww_site_info(NULL, &json, &e));
    CHECK(!json);
    FAILS(1, ww_site_info(site, NULL, &e));
    FAILS(1, ww_site_verify(NULL, NULL, NULL, &e));
    FAILS(1, ww_site_verify(site, &wrong, NULL, &e));
    FAILS(1, ww_site_report(site, NULL, &json, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_site_receipt(site, 1, &json, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_site_receipt(site, UINT64_MAX, &json, &e));
    FAILS(1, ww_site_package_add(site, "x", NULL, NULL, NULL, &e));
    FAILS(1, ww_site_package_add(site, "x", &add, NULL, NULL, &e)); /* no name */
    FAILS(1, ww_site_package_add(site, NULL, &add, NULL, NULL, &e));
    FAILS(1, ww_site_package_list(NULL, &json, &e));
    FAILS(1, ww_site_package_show(site, NULL, 0, &json, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_site_package_show(site, "none", 0, &json, &e));
    FAILS(1, ww_site_package_reload(site, NULL, NULL, NULL, &e));
    FAILS(1, ww_site_package_set(site, NULL, NULL, &json, &e));
    FAILS(1, ww_site_package_rollback(site, NULL, 0, &json, &e));
    FAILS(1, ww_site_package_check(site, NULL, NULL, NULL, &e));
    FAILS(1, ww_site_package_remove(site, NULL, &json, &e));
    FAILS(1, ww_site_update_import(site, NULL, 0, 0, NULL, NULL, &e));
    FAILS(1, ww_site_update_import(site, NULL, 1, 0, NULL, NULL, &e));
    FAILS(1, ww_site_update_import(site, none, 1, 0, NULL, NULL, &e));
    FAILS(1, ww_site_update_list(NULL, NULL, NULL, &json, &e));
    FAILS(1, ww_site_update_list(site, "\xff", NULL, &json, &e));
    FAILS(1, ww_site_update_remove(site, NULL, &json, &e));
    FAILS(1, ww_site_offer(site, NULL, NULL, NULL, &e));
    FAILS(1, ww_site_status(site, NULL, 0, &json, &e));
    FAILS(1, ww_site_schedule_add(site, NULL, NULL, &json, &e));
    FAILS(1, ww_site_schedule_add(site, "p", NULL, &json, &e));
    both.struct_size = sizeof both;
    both.at = both.cron = "x";
    FAILS(1, ww_site_schedule_add(site, "p", &both, &json, &e));
    both.cron = NULL;
    both.level = 9;
    FAILS(1, ww_site_schedule_add(site, "p", &both, &json, &e));
    FAILS(1, ww_site_schedule_list(NULL, &json, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_site_schedule_cancel(site, 77, &json, &e));
    FAILS(1, ww_site_run(site, 3, NULL, NULL, &e));
    FAILS(1, ww_site_history(site, NULL, &json, &e));
    FAILS(1, ww_site_point_add(site, NULL, &json, &e));
    FAILS(1, ww_site_point_add(site, &point, &json, &e)); /* no url */
    FAILS(1, ww_site_point_list(NULL, &json, &e));
    FAILS(1, ww_site_point_status(NULL, NULL, &json, &e));
    FAILS(1, ww_site_point_remove(site, NULL, 0, &json, &e));
    FAILS(1, ww_site_distribute(site, NULL, NULL, 0, NULL, NULL, &e));
    FAILS(1, ww_site_distribute(site, "p", NULL, 1, NULL, NULL, &e));
    FAILS(1, ww_site_redistribute(NULL, "p", NULL, 0, NULL, NULL, &e));
    FAILS(1, ww_site_withdraw(NULL, "p", NULL, 0, NULL, NULL, &e));
    FAILS(1, ww_site_validate(NULL, "p", NULL, 0, NULL, NULL, &e));
    FAILS(1, ww_site_prestage_export(site, NULL, 0, "x", NULL, NULL, &e));
    FAILS(1, ww_site_prestage_export(site, none, 1, "x", NULL, NULL, &e));
    FAILS(1, ww_site_prestage_import(site, NULL, "d", NULL, NULL, &e));
    FAILS(1, ww_site_prestage_unpack(NULL, "d", NULL, NULL, &e));
    FAILS(1, ww_site_prestage_unpack("x", NULL, NULL, NULL, &e));
    FAILS(1, ww_site_prestage_export_signed(site, none, 0, "x", NULL, NULL, NULL, &e));
    FAILS(1, ww_site_prestage_import_signed(site, "x", "d", NULL, NULL, NULL, &e));
    FAILS(1, ww_site_prestage_unpack_signed("x", "d", NULL, NULL, NULL, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_site_prestage_unpack_signed("x", "d", "/none/key", NULL, NULL, &e));
    FAILS(1, ww_site_update_inspection(NULL, "1", &json, &e));
    FAILS(1, ww_site_update_inspection(site, NULL, &json, &e));
    FAILS(1, ww_site_update_inspection(site, "1", NULL, &e));
}

static void packages(ww_site *site, const char *media) {
    ww_site_add_options add = {0};
    ww_site_set_options set = {0};
    struct seen seen = {0, 0, 0, 0}, stop = {0, 1, 0, 0};
    ww_progress progress = {sizeof progress, report, &seen}, stopping = {sizeof progress, report, &stop};

    add.struct_size = sizeof add;
    add.name = "W\xc3\xaf" "n";
    add.version = "1";
    FAILS(WW_STATUS_CANCELLED, ww_site_package_add(site, media, &add, &stopping, NULL, &e));
    CHECK(stop.reports == 1);
    GIVES("site-package-list", "\"packages\":[]", ww_site_package_list(site, &json, &e));
    GIVES("site-package-add", "\"indexes\":[{", ww_site_package_add(site, media, &add, &progress, &json, &e));
    CHECK(seen.reports > 0);
    FAILS(WW_STATUS_ALREADY_EXISTS, ww_site_package_add(site, media, &add, NULL, NULL, &e));
    set.struct_size = sizeof set;
    set.name = "p";
    set.comment = "changed";
    set.keep = 2;
    GIVES("site-package-set", "\"keep\":2", ww_site_package_set(site, add.name, &set, &json, &e));
    GIVES("site-package-set", "changed", ww_site_package_set(site, "p", NULL, &json, &e));
    GIVES("site-package-list", "\"name\":\"p\"", ww_site_package_list(site, &json, &e));
    GIVES("site-package-show", "Foundation", ww_site_package_show(site, "1", 1, &json, &e));
    GIVES("site-package-check", "\"differences\":[]", ww_site_package_check(site, "p", NULL, &json, &e));
}

static void servicing(ww_site *site, const char *update, const char *folder) {
    const char *files[2] = {update, below(7, folder, "bad.cab")};
    const char *chosen[1] = {"KB9999999"};
    ww_schedule_options later = {0}, now = {0};
    struct seen seen = {0, 0, 0, 0};
    ww_progress progress = {sizeof progress, report, &seen};
    FILE *bad = fopen(files[1], "wb");

    CHECK(bad && fputs("no cabinet", bad) >= 0 && !fclose(bad));
    FAILS(WW_STATUS_NOT_FOUND, ww_site_update_import(site, &(const char *){"/none"}, 1, 0, NULL, NULL, &e));
    GIVES("site-update-import", "KB9999999", ww_site_update_import(site, files, 1, 0, NULL, &json, &e));
    FINDS(WW_STATUS_MALFORMED, "site-update-import", "\"present\":[{",
          ww_site_update_import(site, files, 2, 1, NULL, &json, &e));
    GIVES("site-update-list", "KB9999999", ww_site_update_list(site, NULL, NULL, &json, &e));
    GIVES("site-update-list", "KB9999999", ww_site_update_list(site, "p", NULL, &json, &e));
    GIVES("inspect", "\"kind\":\"cab_msu\"", ww_site_update_inspection(site, "KB9999999", &json, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_site_update_inspection(site, "KB1", &(char *){NULL}, &e));
    GIVES("site-offer", "\"offered\":true", ww_site_offer(site, "p", NULL, &json, &e));
    GIVES("site-status", "\"status\":3", ww_site_status(site, "p", 1, &json, &e));
    FAILS(WW_STATUS_NOT_FOUND, ww_site_status(site, "p", 9, &(char *){NULL}, &e));

    later.struct_size = now.struct_size = sizeof now;
    later.cron = "0 3 * * TUE#2";
    later.zone = "Europe/Berlin";
    later.updates = chosen;
    later.update_count = 1;
    GIVES("site-schedule-add", "Europe/Berlin", ww_site_schedule_add(site, "p", &later, &json, &e));
    now.selection = WW_SELECTION_ALL_APPLICABLE;
    now.level = WW_LEVEL_STAGE;
    GIVES("site-schedule-add", "\"all_applicable\"", ww_site_schedule_add(site, "p", &now, &json, &e));
    GIVES("site-schedule-list", "\"id\":2", ww_site_schedule_list(site, &json, &e));
    GIVES("site-run", "\"runs\":[]", ww_site_run(site, WW_RUN_MODE_RESUME, NULL, &json, &e));
    GIVES("site-run", "\"status\":2", ww_site_run(site, WW_RUN_MODE_DUE, &progress, &json, &e));
    CHECK(seen.phases & (1u << WW_PHASE_WRITE));
    GIVES("site-history", "\"to_version\":2", ww_site_history(site, "p", &json, &e));
    GIVES("receipt", "KB9999999", ww_site_receipt(site, 1, &json, &e));
    GIVES("site-status", "\"status\":2", ww_site_status(site, "p", 0, &json, &e));
    GIVES("site-schedule-cancel", "\"action\":2", ww_site_schedule_cancel(site, 1, &json, &e));
    GIVES("site-package-rollback", "\"published\":1", ww_site_package_rollback(site, "p", 1, &json, &e));
    GIVES("site-package-rollback", "\"published\":2", ww_site_package_rollback(site, "p", 2, &json, &e));
}

/* A pair of keys that OpenSSL made. */
static const char private_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEII8v3r008PVl/ArnxYrMfufJK7Yj1ZIqBb8Y5hijHbha\n"
    "-----END PRIVATE KEY-----\n";
static const char public_key[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA9BSPhGjplhUr6lP2pIrhxhdzsWbFs1wAEygQnuZuxSw=\n"
    "-----END PUBLIC KEY-----\n";

static const char *written(int place, const char *folder, const char *name, const char *text) {
    FILE *file = fopen(below(place, folder, name), "wb");
    CHECK(file && fputs(text, file) >= 0 && !fclose(file));
    return places[place];
}

static void signatures(ww_site *site, const char *folder) {
    const char *packages[1] = {"p"}, *unsigned_file = places[3];
    const char *sign = written(7, folder, "key.pem", private_key), *verify = written(8, folder, "key.pub", public_key);
    const char *file = below(9, folder, "signed.zip"), *other = below(6, folder, "another");
    FAILS(1, ww_site_prestage_export_signed(site, packages, 1, file, verify, NULL, NULL, &e)); /* the wrong half */
    GIVES("site-prestage-export", "\"signature\":\"made\"",
          ww_site_prestage_export_signed(site, packages, 1, file, sign, NULL, &json, &e));
    GIVES("site-prestage-import", "\"signature\":\"verified\"",
          ww_site_prestage_import_signed(site, file, "d", verify, NULL, &json, &e));
    GIVES("site-prestage-import", "\"signature\":\"verified\"",
          ww_site_prestage_unpack_signed(file, other, verify, NULL, &json, &e));
    FAILS(WW_STATUS_HASH_MISMATCH, ww_site_prestage_import_signed(site, unsigned_file, "d", verify, NULL, NULL, &e));
    FAILS(WW_STATUS_HASH_MISMATCH, ww_site_prestage_unpack_signed(unsigned_file, other, verify, NULL, NULL, &e));
}

static void points(ww_site *site, const char *folder) {
    ww_point_options point = {0};
    const char *names[1] = {"d"}, *packages[1] = {"p"};
    const char *file = below(3, folder, "x.zip"), *page = below(4, folder, "report.html");

    point.struct_size = sizeof point;
    point.name = "d";
    point.url = below(5, folder, "point");
    FAILS(1, ww_site_distribute(site, "p", NULL, 0, NULL, NULL, &e)); /* it is nowhere yet */
    GIVES("site-dp-add", "\"name\":\"d\"", ww_site_point_add(site, &point, &json, &e));
    GIVES("site-dp-list", "\"name\":\"d\"", ww_site_point_list(site, &json, &e));
    GIVES("site-distribute", "\"state\":0", ww_site_distribute(site, "p", names, 1, NULL, &json, &e));
    GIVES("site-redistribute", "\"state\":0", ww_site_redistribute(site, "p", NULL, 0, NULL, &json, &e));
    GIVES("site-validate", "\"problems\":[]", ww_site_validate(site, "p", NULL, 0, NULL, &json, &e));
    GIVES("site-dp-status", "\"published\":2", ww_site_point_status(site, NULL, &json, &e));
    GIVES("site-dp-status", "\"point\":\"d\"", ww_site_point_status(site, "p", &json, &e));
    GIVES("site-prestage-export", "\"packages\":[\"p\"]",
          ww_site_prestage_export(site, packages, 1, file, NULL, &json, &e));
    GIVES("site-prestage-import", "\"present\":", ww_site_prestage_import(site, file, "d", NULL, &json, &e));
    GIVES("site-prestage-import", "\"present\":0",
          ww_site_prestage_unpack(file, below(6, folder, "other"), NULL, &json, &e));
    signatures(site, folder);
    GIVES("site-report", "report.html", ww_site_report(site, page, &json, &e));
    FAILS(WW_STATUS_BUSY, ww_site_point_remove(site, "d", 0, &(char *){NULL}, &e));
    GIVES("site-withdraw", "site-withdraw", ww_site_withdraw(site, "p", NULL, 0, NULL, &json, &e));
    GIVES("site-dp-remove", "\"points\":[]", ww_site_point_remove(site, "d", 0, &json, &e));
}

int main(int argc, char **argv) {
    ww_site *site = NULL, *again = NULL;

    if (argc != 4) {
        fputs("usage: site MEDIA UPDATE FOLDER\n", stderr);
        return 2;
    }
    OK(ww_site_init(below(0, argv[3], "site"), &site, &e));
    nothing_crashes_on_null(site, places[0]);
    GIVES("site-info", "\"packages\":0", ww_site_info(site, &json, &e));
    packages(site, argv[1]);
    servicing(site, argv[2], argv[3]);
    points(site, argv[3]);
    GIVES("site-verify", "\"problems\":[]", ww_site_verify(site, NULL, &json, &e));

    /* A second handle, and the source changed from outside. */
    OK(ww_site_open(places[0], &again, &e));
    remove(below(1, argv[1], "boot/bcd"));
    FINDS(WW_STATUS_HASH_MISMATCH, "site-package-check", "missing",
          ww_site_package_check(again, "p", NULL, &json, &e));
    GIVES("site-package-reload", "\"published\":3", ww_site_package_reload(again, "p", NULL, &json, &e));
    GIVES("site-package-remove", "\"removed\":", ww_site_package_remove(site, "p", &json, &e));
    GIVES("site-update-remove", "\"removed\":", ww_site_update_remove(again, "1", &json, &e));
    GIVES("site-run", "\"runs\":[]", ww_site_run(again, WW_RUN_MODE_DISCARD, NULL, &json, &e));
    ww_site_close(site);
    ww_site_close(again);
    puts(failures ? "FAILED" : "all checks held");
    return failures != 0;
}
