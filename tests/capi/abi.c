/* Made by tests/capi.rs from the library's own types, for processors of 64 bits. What stands here never
 * changes: lines are only added, at the end of a struct or an enumeration, and a size only grows. */
#include "wimwright.h"

#ifdef __cplusplus
#define SAYS(what) static_assert(what, #what)
#elif __STDC_VERSION__ >= 201112L
#define SAYS(what) _Static_assert(what, #what)
#else
#define JOIN(a, b) a##b
#define NAME(line) JOIN(says_, line)
#define SAYS(what) extern char NAME(__LINE__)[(what) ? 1 : -1]
#endif

SAYS(sizeof(ww_event) == 56);
SAYS(offsetof(ww_event, struct_size) == 0);
SAYS(offsetof(ww_event, item) == 8);
SAYS(offsetof(ww_event, files_done) == 16);
SAYS(offsetof(ww_event, files_total) == 24);
SAYS(offsetof(ww_event, bytes_done) == 32);
SAYS(offsetof(ww_event, bytes_total) == 40);
SAYS(offsetof(ww_event, phase) == 48);
SAYS(offsetof(ww_event, reserved) == 52);

SAYS(sizeof(ww_progress) == 24);
SAYS(offsetof(ww_progress, struct_size) == 0);
SAYS(offsetof(ww_progress, report) == 8);
SAYS(offsetof(ww_progress, user) == 16);

SAYS(sizeof(ww_verify_options) == 16);
SAYS(offsetof(ww_verify_options, struct_size) == 0);
SAYS(offsetof(ww_verify_options, threads) == 8);
SAYS(offsetof(ww_verify_options, skip_integrity) == 12);

SAYS(sizeof(ww_extract_options) == 48);
SAYS(offsetof(ww_extract_options, struct_size) == 0);
SAYS(offsetof(ww_extract_options, paths) == 8);
SAYS(offsetof(ww_extract_options, path_count) == 16);
SAYS(offsetof(ww_extract_options, threads) == 24);
SAYS(offsetof(ww_extract_options, overwrite) == 28);
SAYS(offsetof(ww_extract_options, metadata) == 32);
SAYS(offsetof(ww_extract_options, xattrs) == 40);
SAYS(offsetof(ww_extract_options, dry_run) == 44);

SAYS(sizeof(ww_export_options) == 88);
SAYS(offsetof(ww_export_options, struct_size) == 0);
SAYS(offsetof(ww_export_options, compression) == 8);
SAYS(offsetof(ww_export_options, compression_level) == 12);
SAYS(offsetof(ww_export_options, chunk_size) == 16);
SAYS(offsetof(ww_export_options, solid) == 20);
SAYS(offsetof(ww_export_options, integrity) == 24);
SAYS(offsetof(ww_export_options, recompress) == 28);
SAYS(offsetof(ww_export_options, replace) == 32);
SAYS(offsetof(ww_export_options, threads) == 36);
SAYS(offsetof(ww_export_options, guid) == 40);
SAYS(offsetof(ww_export_options, name) == 48);
SAYS(offsetof(ww_export_options, description) == 56);
SAYS(offsetof(ww_export_options, append) == 64);
SAYS(offsetof(ww_export_options, reserved) == 68);
SAYS(offsetof(ww_export_options, delta_from) == 72);
SAYS(offsetof(ww_export_options, delta_count) == 80);

SAYS(sizeof(ww_open_options) == 40);
SAYS(offsetof(ww_open_options, struct_size) == 0);
SAYS(offsetof(ww_open_options, references) == 8);
SAYS(offsetof(ww_open_options, reference_count) == 16);
SAYS(offsetof(ww_open_options, parts) == 24);
SAYS(offsetof(ww_open_options, part_count) == 32);

SAYS(sizeof(ww_split_options) == 24);
SAYS(offsetof(ww_split_options, struct_size) == 0);
SAYS(offsetof(ww_split_options, integrity) == 8);
SAYS(offsetof(ww_split_options, replace) == 12);
SAYS(offsetof(ww_split_options, guid) == 16);

SAYS(sizeof(ww_commit_options) == 40);
SAYS(offsetof(ww_commit_options, struct_size) == 0);
SAYS(offsetof(ww_commit_options, output) == 8);
SAYS(offsetof(ww_commit_options, timestamp) == 16);
SAYS(offsetof(ww_commit_options, compression_level) == 24);
SAYS(offsetof(ww_commit_options, threads) == 28);
SAYS(offsetof(ww_commit_options, integrity) == 32);
SAYS(offsetof(ww_commit_options, reserved) == 36);

SAYS(sizeof(ww_image_properties) == 56);
SAYS(offsetof(ww_image_properties, struct_size) == 0);
SAYS(offsetof(ww_image_properties, name) == 8);
SAYS(offsetof(ww_image_properties, description) == 16);
SAYS(offsetof(ww_image_properties, edition) == 24);
SAYS(offsetof(ww_image_properties, display_name) == 32);
SAYS(offsetof(ww_image_properties, display_description) == 40);
SAYS(offsetof(ww_image_properties, boot) == 48);
SAYS(offsetof(ww_image_properties, reserved) == 52);

SAYS(sizeof(ww_diff_options) == 32);
SAYS(offsetof(ww_diff_options, struct_size) == 0);
SAYS(offsetof(ww_diff_options, paths) == 8);
SAYS(offsetof(ww_diff_options, path_count) == 16);
SAYS(offsetof(ww_diff_options, times) == 24);
SAYS(offsetof(ww_diff_options, skip_registry) == 28);

SAYS(sizeof(ww_capture_options) == 72);
SAYS(offsetof(ww_capture_options, struct_size) == 0);
SAYS(offsetof(ww_capture_options, properties) == 8);
SAYS(offsetof(ww_capture_options, packing) == 16);
SAYS(offsetof(ww_capture_options, config) == 24);
SAYS(offsetof(ww_capture_options, metadata) == 32);
SAYS(offsetof(ww_capture_options, timestamp) == 40);
SAYS(offsetof(ww_capture_options, no_exclusions) == 48);
SAYS(offsetof(ww_capture_options, fix_links) == 52);
SAYS(offsetof(ww_capture_options, reproducible) == 56);
SAYS(offsetof(ww_capture_options, dry_run) == 60);
SAYS(offsetof(ww_capture_options, xattrs) == 64);
SAYS(offsetof(ww_capture_options, reserved) == 68);

SAYS(sizeof(ww_mount_options) == 48);
SAYS(offsetof(ww_mount_options, struct_size) == 0);
SAYS(offsetof(ww_mount_options, overlay) == 8);
SAYS(offsetof(ww_mount_options, read_write) == 16);
SAYS(offsetof(ww_mount_options, allow_other) == 20);
SAYS(offsetof(ww_mount_options, threads) == 24);
SAYS(offsetof(ww_mount_options, reserved) == 28);
SAYS(offsetof(ww_mount_options, references) == 32);
SAYS(offsetof(ww_mount_options, reference_count) == 40);

SAYS(sizeof(ww_unstage_options) == 64);
SAYS(offsetof(ww_unstage_options, struct_size) == 0);
SAYS(offsetof(ww_unstage_options, output) == 8);
SAYS(offsetof(ww_unstage_options, temporary) == 16);
SAYS(offsetof(ww_unstage_options, indexes) == 24);
SAYS(offsetof(ww_unstage_options, index_count) == 32);
SAYS(offsetof(ww_unstage_options, dry_run) == 40);
SAYS(offsetof(ww_unstage_options, reserved) == 44);
SAYS(offsetof(ww_unstage_options, references) == 48);
SAYS(offsetof(ww_unstage_options, reference_count) == 56);

SAYS(sizeof(ww_unpack_options) == 32);
SAYS(offsetof(ww_unpack_options, struct_size) == 0);
SAYS(offsetof(ww_unpack_options, keep_deltas) == 8);
SAYS(offsetof(ww_unpack_options, decode_manifests) == 12);
SAYS(offsetof(ww_unpack_options, dictionary) == 16);
SAYS(offsetof(ww_unpack_options, dry_run) == 24);
SAYS(offsetof(ww_unpack_options, reserved) == 28);

SAYS(sizeof(ww_session_options) == 104);
SAYS(offsetof(ww_session_options, struct_size) == 0);
SAYS(offsetof(ww_session_options, level) == 8);
SAYS(offsetof(ww_session_options, continue_on_error) == 12);
SAYS(offsetof(ww_session_options, output) == 16);
SAYS(offsetof(ww_session_options, temporary) == 24);
SAYS(offsetof(ww_session_options, indexes) == 32);
SAYS(offsetof(ww_session_options, index_count) == 40);
SAYS(offsetof(ww_session_options, compression_level) == 48);
SAYS(offsetof(ww_session_options, dry_run) == 52);
SAYS(offsetof(ww_session_options, threads) == 56);
SAYS(offsetof(ww_session_options, force_undecided) == 60);
SAYS(offsetof(ww_session_options, accept_partial) == 64);
SAYS(offsetof(ww_session_options, delivery) == 68);
SAYS(offsetof(ww_session_options, references) == 72);
SAYS(offsetof(ww_session_options, reference_count) == 80);
SAYS(offsetof(ww_session_options, receipt) == 88);
SAYS(offsetof(ww_session_options, allow_broken_signature) == 96);
SAYS(offsetof(ww_session_options, reserved) == 100);

SAYS(sizeof(ww_refresh_options) == 112);
SAYS(offsetof(ww_refresh_options, struct_size) == 0);
SAYS(offsetof(ww_refresh_options, cumulative) == 8);
SAYS(offsetof(ww_refresh_options, safe_os) == 16);
SAYS(offsetof(ww_refresh_options, setup) == 24);
SAYS(offsetof(ww_refresh_options, dotnet) == 32);
SAYS(offsetof(ww_refresh_options, indexes) == 40);
SAYS(offsetof(ww_refresh_options, index_count) == 48);
SAYS(offsetof(ww_refresh_options, receipts) == 56);
SAYS(offsetof(ww_refresh_options, iso) == 64);
SAYS(offsetof(ww_refresh_options, label) == 72);
SAYS(offsetof(ww_refresh_options, level) == 80);
SAYS(offsetof(ww_refresh_options, continue_on_error) == 84);
SAYS(offsetof(ww_refresh_options, accept_partial) == 88);
SAYS(offsetof(ww_refresh_options, force_undecided) == 92);
SAYS(offsetof(ww_refresh_options, dry_run) == 96);
SAYS(offsetof(ww_refresh_options, no_hard_links) == 100);
SAYS(offsetof(ww_refresh_options, allow_broken_signature) == 104);
SAYS(offsetof(ww_refresh_options, reserved) == 108);

SAYS(sizeof(ww_site_add_options) == 40);
SAYS(offsetof(ww_site_add_options, struct_size) == 0);
SAYS(offsetof(ww_site_add_options, name) == 8);
SAYS(offsetof(ww_site_add_options, version) == 16);
SAYS(offsetof(ww_site_add_options, comment) == 24);
SAYS(offsetof(ww_site_add_options, index) == 32);
SAYS(offsetof(ww_site_add_options, reserved) == 36);

SAYS(sizeof(ww_site_set_options) == 48);
SAYS(offsetof(ww_site_set_options, struct_size) == 0);
SAYS(offsetof(ww_site_set_options, name) == 8);
SAYS(offsetof(ww_site_set_options, version) == 16);
SAYS(offsetof(ww_site_set_options, comment) == 24);
SAYS(offsetof(ww_site_set_options, source) == 32);
SAYS(offsetof(ww_site_set_options, keep) == 40);
SAYS(offsetof(ww_site_set_options, reserved) == 44);

SAYS(sizeof(ww_schedule_options) == 80);
SAYS(offsetof(ww_schedule_options, struct_size) == 0);
SAYS(offsetof(ww_schedule_options, updates) == 8);
SAYS(offsetof(ww_schedule_options, update_count) == 16);
SAYS(offsetof(ww_schedule_options, at) == 24);
SAYS(offsetof(ww_schedule_options, cron) == 32);
SAYS(offsetof(ww_schedule_options, zone) == 40);
SAYS(offsetof(ww_schedule_options, selection) == 48);
SAYS(offsetof(ww_schedule_options, level) == 52);
SAYS(offsetof(ww_schedule_options, continue_on_error) == 56);
SAYS(offsetof(ww_schedule_options, update_distribution_points) == 60);
SAYS(offsetof(ww_schedule_options, remove_superseded) == 64);
SAYS(offsetof(ww_schedule_options, accept_partial) == 68);
SAYS(offsetof(ww_schedule_options, force_undecided) == 72);
SAYS(offsetof(ww_schedule_options, reserved) == 76);

SAYS(sizeof(ww_point_options) == 56);
SAYS(offsetof(ww_point_options, struct_size) == 0);
SAYS(offsetof(ww_point_options, name) == 8);
SAYS(offsetof(ww_point_options, url) == 16);
SAYS(offsetof(ww_point_options, endpoint) == 24);
SAYS(offsetof(ww_point_options, region) == 32);
SAYS(offsetof(ww_point_options, credentials) == 40);
SAYS(offsetof(ww_point_options, allow_http) == 48);
SAYS(offsetof(ww_point_options, reserved) == 52);

SAYS(WW_ABI_VERSION == 1);

SAYS(sizeof(ww_status) == 4);
SAYS(WW_STATUS_OK == 0);
SAYS(WW_STATUS_INVALID_ARGUMENT == 1);
SAYS(WW_STATUS_NOT_FOUND == 2);
SAYS(WW_STATUS_ALREADY_EXISTS == 3);
SAYS(WW_STATUS_IO == 4);
SAYS(WW_STATUS_NO_SPACE == 5);
SAYS(WW_STATUS_PERMISSION_DENIED == 6);
SAYS(WW_STATUS_MALFORMED == 7);
SAYS(WW_STATUS_TRUNCATED == 8);
SAYS(WW_STATUS_CHECKSUM_MISMATCH == 9);
SAYS(WW_STATUS_HASH_MISMATCH == 10);
SAYS(WW_STATUS_UNSUPPORTED == 11);
SAYS(WW_STATUS_LIMIT_EXCEEDED == 12);
SAYS(WW_STATUS_CANCELLED == 13);
SAYS(WW_STATUS_NOT_APPLICABLE == 14);
SAYS(WW_STATUS_ARCHITECTURE_MISMATCH == 15);
SAYS(WW_STATUS_VERSION_MISMATCH == 16);
SAYS(WW_STATUS_PENDING == 17);
SAYS(WW_STATUS_BUSY == 18);
SAYS(WW_STATUS_MISSING_PAYLOAD == 19);
SAYS(WW_STATUS_UNSAFE_PATH == 20);
SAYS(WW_STATUS_INTERNAL == 21);
SAYS(WW_STATUS_NOT_AVAILABLE == 22);
SAYS(WW_STATUS_UNSERVICEABLE == 23);

SAYS(sizeof(ww_phase) == 4);
SAYS(WW_PHASE_OPEN == 1);
SAYS(WW_PHASE_VERIFY == 2);
SAYS(WW_PHASE_EXTRACT == 3);
SAYS(WW_PHASE_UNPACK == 4);
SAYS(WW_PHASE_PLAN == 5);
SAYS(WW_PHASE_STAGE == 6);
SAYS(WW_PHASE_WRITE == 7);
SAYS(WW_PHASE_HASH == 8);
SAYS(WW_PHASE_COPY == 9);
SAYS(WW_PHASE_REBUILD == 10);
SAYS(WW_PHASE_COMPARE == 11);

SAYS(sizeof(ww_level) == 4);
SAYS(WW_LEVEL_STAGE == 0);
SAYS(WW_LEVEL_DELIVER == 1);
SAYS(WW_LEVEL_INSTALL == 2);

SAYS(sizeof(ww_compression) == 4);
SAYS(WW_COMPRESSION_KEEP == 0);
SAYS(WW_COMPRESSION_NONE == 1);
SAYS(WW_COMPRESSION_XPRESS == 2);
SAYS(WW_COMPRESSION_LZX == 3);
SAYS(WW_COMPRESSION_LZMS == 4);

SAYS(sizeof(ww_choice) == 4);
SAYS(WW_CHOICE_KEEP == 0);
SAYS(WW_CHOICE_YES == 1);
SAYS(WW_CHOICE_NO == 2);

SAYS(sizeof(ww_ending) == 4);
SAYS(WW_ENDING_KEEP == 0);
SAYS(WW_ENDING_COMMIT == 1);
SAYS(WW_ENDING_DISCARD == 2);

SAYS(sizeof(ww_delivery) == 4);
SAYS(WW_DELIVERY_BY_FORM == 0);
SAYS(WW_DELIVERY_ANSWER_FILE == 1);
SAYS(WW_DELIVERY_SETUP_COMPLETE == 2);
SAYS(WW_DELIVERY_BOTH == 3);

SAYS(sizeof(ww_selection) == 4);
SAYS(WW_SELECTION_UPDATES == 0);
SAYS(WW_SELECTION_ALL_APPLICABLE == 1);
SAYS(WW_SELECTION_LATEST_CUMULATIVE == 2);

SAYS(sizeof(ww_run_mode) == 4);
SAYS(WW_RUN_MODE_DUE == 0);
SAYS(WW_RUN_MODE_RESUME == 1);
SAYS(WW_RUN_MODE_DISCARD == 2);
