// Made by native.py from include/wimwright.h. Do not edit.
using System;
using System.Runtime.InteropServices;

namespace Wimwright.Native
{
    /// <summary>The functions of <c>wimwright.h</c>. Text goes in as NUL-terminated UTF-8.</summary>
    internal static class NativeMethods
    {
        /// <summary><c>wimwright.dll</c>, <c>libwimwright.so</c> or <c>libwimwright.dylib</c>.</summary>
        internal const string Library = "wimwright";

        /// <summary>The version of the ABI that this was made from.</summary>
        internal const uint AbiVersion = 1;

#if NET5_0_OR_GREATER
        static NativeMethods()
        {
            Resolver.Register();
        }
#endif

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int Report(IntPtr data, IntPtr user);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int Write(IntPtr data, UIntPtr size, IntPtr user);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate long Read(IntPtr data, UIntPtr size, IntPtr user);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_abi_version();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr ww_version();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void ww_string_free(IntPtr text);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_error_status(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_error_hresult(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr ww_error_message(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr ww_error_path(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void ww_error_free(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_open(byte[] path, out IntPtr wim, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_open_with(
            byte[] path, ref OpenOptions options, out IntPtr wim, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void ww_wim_close(IntPtr wim);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_image_count(WimHandle wim);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_info(WimHandle wim, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_property(
            WimHandle wim, uint index, byte[] name, out IntPtr value, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_verify(
            WimHandle wim, ref VerifyOptions options, ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_open_pipe(
            Read read, IntPtr user, byte[] name, ref OpenOptions options, out IntPtr wim, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_list(
            WimHandle wim, uint index, byte[] path, uint recursive, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_read(
            WimHandle wim, uint index, byte[] path, byte[] stream, Write write, IntPtr user, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_packages(
            WimHandle wim, uint index, uint all, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_extract(
            WimHandle wim, uint index, byte[] dest, ref ExtractOptions options, ref Progress progress,
            out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_export(
            WimHandle wim, uint[] indexes, UIntPtr indexCount, byte[] destination, ref ExportOptions options,
            ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_optimize(
            WimHandle wim, ref ExportOptions options, ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_split(
            WimHandle wim, byte[] first, ulong partSize, ref SplitOptions options, ref Progress progress,
            out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_delete(
            WimHandle wim, uint[] indexes, UIntPtr indexCount, ref CommitOptions options, ref Progress progress,
            out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_set(
            WimHandle wim, uint index, ref ImageProperties properties, ref CommitOptions options,
            ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_open(WimHandle wim, uint index, out IntPtr overlay, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void ww_overlay_close(IntPtr overlay);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_list(
            OverlayHandle overlay, byte[] path, uint recursive, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_read(
            OverlayHandle overlay, byte[] path, byte[] stream, Write write, IntPtr user, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_security(
            OverlayHandle overlay, byte[] path, Write write, IntPtr user, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_changes(OverlayHandle overlay, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_set_clock(OverlayHandle overlay, ulong time, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_commit(
            IntPtr[] overlays, UIntPtr count, ref CommitOptions options, ref Progress progress, out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_put_file(
            OverlayHandle overlay, byte[] path, byte[] stream, byte[] file, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_put_bytes(
            OverlayHandle overlay, byte[] path, byte[] stream, byte[] data, UIntPtr size, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_remove(OverlayHandle overlay, byte[] path, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_rename(
            OverlayHandle overlay, byte[] path, byte[] newPath, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_hard_link(
            OverlayHandle overlay, byte[] path, byte[] newPath, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_mkdir(OverlayHandle overlay, byte[] path, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_set_attributes(
            OverlayHandle overlay, byte[] path, uint attributes, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_set_times(
            OverlayHandle overlay, byte[] path, ulong created, ulong accessed, ulong written, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_set_security(
            OverlayHandle overlay, byte[] path, byte[] descriptor, UIntPtr size, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_overlay_set_short_name(
            OverlayHandle overlay, byte[] path, byte[] shortName, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_diff(
            WimHandle before, uint beforeIndex, WimHandle after, uint afterIndex, ref DiffOptions options,
            ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_capture(
            byte[] source, byte[] destination, ref CaptureOptions options, ref Progress progress, out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_wim_append(
            WimHandle wim, byte[] source, ref CaptureOptions options, ref Progress progress, out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_mount_open(
            byte[] path, uint index, byte[] dir, ref MountOptions options, out IntPtr mount, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_mount_end(
            MountHandle mount, uint ending, ref CommitOptions options, ref Progress progress, out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_mount_is_mounted(MountHandle mount);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_mount_wait(MountHandle mount, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void ww_mount_close(IntPtr mount);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_unmount(
            byte[] dir, uint ending, ref CommitOptions options, ref Progress progress, out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_mounts(uint cleanUp, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_unstage(
            byte[] path, byte[] receipt, ref UnstageOptions options, ref Progress progress, out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_update_inspect(byte[] path, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_update_unpack(
            byte[] source, byte[] dest, ref UnpackOptions options, ref Progress progress, out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_session_open(
            byte[] path, ref SessionOptions options, out IntPtr session, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void ww_session_close(IntPtr session);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_session_add_update(
            SessionHandle session, byte[] path, ref Progress progress, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_session_plan(SessionHandle session, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_session_commit(SessionHandle session, ref Progress progress, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_session_receipt(SessionHandle session, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_media_refresh(
            byte[] media, byte[] output, ref RefreshOptions options, ref Progress progress, out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_init(byte[] path, out IntPtr site, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_open(byte[] path, out IntPtr site, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void ww_site_close(IntPtr site);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_receipt(SiteHandle site, ulong run, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_info(SiteHandle site, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_verify(
            SiteHandle site, ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_report(SiteHandle site, byte[] output, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_package_add(
            SiteHandle site, byte[] source, ref SiteAddOptions options, ref Progress progress, out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_package_list(SiteHandle site, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_package_show(
            SiteHandle site, byte[] package, uint installed, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_package_reload(
            SiteHandle site, byte[] package, ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_package_set(
            SiteHandle site, byte[] package, ref SiteSetOptions options, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_package_rollback(
            SiteHandle site, byte[] package, uint version, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_package_check(
            SiteHandle site, byte[] package, ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_package_remove(
            SiteHandle site, byte[] package, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_update_import(
            SiteHandle site, IntPtr[] paths, UIntPtr pathCount, uint allowBrokenSignature, ref Progress progress,
            out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_update_list(
            SiteHandle site, byte[] package, ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_update_inspection(
            SiteHandle site, byte[] update, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_update_remove(
            SiteHandle site, byte[] update, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_offer(
            SiteHandle site, byte[] package, ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_status(
            SiteHandle site, byte[] package, uint index, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_schedule_add(
            SiteHandle site, byte[] package, ref ScheduleOptions options, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_schedule_list(SiteHandle site, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_schedule_cancel(
            SiteHandle site, ulong schedule, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_run(
            SiteHandle site, uint mode, ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_history(
            SiteHandle site, byte[] package, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_point_add(
            SiteHandle site, ref PointOptions options, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_point_list(SiteHandle site, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_point_status(
            SiteHandle site, byte[] package, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_point_remove(
            SiteHandle site, byte[] name, uint abandon, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_distribute(
            SiteHandle site, byte[] package, IntPtr[] points, UIntPtr pointCount, ref Progress progress,
            out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_redistribute(
            SiteHandle site, byte[] package, IntPtr[] points, UIntPtr pointCount, ref Progress progress,
            out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_withdraw(
            SiteHandle site, byte[] package, IntPtr[] points, UIntPtr pointCount, ref Progress progress,
            out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_validate(
            SiteHandle site, byte[] package, IntPtr[] points, UIntPtr pointCount, ref Progress progress,
            out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_prestage_export(
            SiteHandle site, IntPtr[] packages, UIntPtr packageCount, byte[] output, ref Progress progress,
            out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_prestage_export_signed(
            SiteHandle site, IntPtr[] packages, UIntPtr packageCount, byte[] output, byte[] signKey,
            ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_prestage_import(
            SiteHandle site, byte[] file, byte[] point, ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_prestage_import_signed(
            SiteHandle site, byte[] file, byte[] point, byte[] verifyKey, ref Progress progress, out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_prestage_unpack(
            byte[] file, byte[] folder, ref Progress progress, out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint ww_site_prestage_unpack_signed(
            byte[] file, byte[] folder, byte[] verifyKey, ref Progress progress, out IntPtr json, out IntPtr error);
    }
}
