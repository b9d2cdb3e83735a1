using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Wimwright.Test
{
    /// <summary>The assembly as a program uses it. usage: Program IMAGE UPDATE FOLDER [MEDIA]</summary>
    internal static class Program
    {
        // A pair of keys that OpenSSL made.
        private const string PrivateKey = "-----BEGIN PRIVATE KEY-----\n"
            + "MC4CAQAwBQYDK2VwBCIEII8v3r008PVl/ArnxYrMfufJK7Yj1ZIqBb8Y5hijHbha\n-----END PRIVATE KEY-----\n";
        private const string PublicKey = "-----BEGIN PUBLIC KEY-----\n"
            + "MCowBQYDK2VwAyEA9BSPhGjplhUr6lP2pIrhxhdzsWbFs1wAEygQnuZuxSw=\n-----END PUBLIC KEY-----\n";

        private static int failures;

        private sealed class Watch : IProgress<ProgressEvent>
        {
            private readonly int thread = Thread.CurrentThread.ManagedThreadId;
            internal readonly List<Phase> Phases = new List<Phase>();
            internal Action<ProgressEvent> Then = e => { };

            public void Report(ProgressEvent value)
            {
                Phases.Add(value.Phase);
                Check(Thread.CurrentThread.ManagedThreadId == thread, "reports come on the thread that made the call");
                Then(value);
            }
        }

        private static void Check(bool holds, string what)
        {
            if (!holds)
            {
                Console.Error.WriteLine("does not hold: " + what);
                failures++;
            }
        }

        private static void Fails(ErrorKind kind, Action work)
        {
            try
            {
                work();
                Check(false, "a failure of the kind " + kind);
            }
            catch (WimwrightException e)
            {
                Check(e.Kind == kind, kind + ", not " + e.Kind + ": " + e.Message);
                Check(e.HResult < 0 && e.Message.Length > 0, "an HRESULT and a message");
            }
        }

        private static int Main(string[] args)
        {
            Console.WriteLine("wimwright " + Library.Version + " on " + Environment.Version);
            try
            {
                Images(args[0], args[2]);
                UpgradePackages(args[0], args[1], Path.Combine(args[2], "site"));
                Mounts(args[0], args[2]);
                Service(args[0], args[1], Path.Combine(args[2], "out.wim"));
                Edit(args[0], args[2]);
                Folders(args[2]);
                if (args.Length > 3)
                {
                    Refresh(args[3]);
                }
            }
            catch (Exception e)
            {
                Console.Error.WriteLine(e);
                failures++;
            }
            Console.WriteLine(failures == 0 ? "all checks held" : "FAILED");
            return failures == 0 ? 0 : 1;
        }

        private static void Images(string image, string folder)
        {
            Fails(ErrorKind.NotFound, () => WimFile.Open("/nonexistent.wim"));
            try
            {
                WimFile.Open("/nonexistent.wim");
            }
            catch (WimwrightException e)
            {
                Check(e.Path.EndsWith("nonexistent.wim") && e.HResult == unchecked((int)0x80070002), "path and HRESULT");
            }
            using (WimFile wim = WimFile.Open(image))
            {
                Check(wim.ImageCount == 2, "two images");
                ImageFileInfo info = wim.GetInfo();
                Check(info.Images.Count == 2 && info.Images[1].Edition == "Enterprise", "info");
                Check(info.Size == new FileInfo(image).Length, "size");
                Check(wim.GetProperty(2, "WINDOWS/EDITIONID") == "Enterprise", "property");
                Fails(ErrorKind.NotFound, () => wim.GetProperty(1, "NO/SUCH"));
                Fails(ErrorKind.InvalidArgument, () => wim.List(0));
                Listing listing = wim.List(1, "Windows/System32/config");
                Check(listing.Entries.Any(e => e.Name == "edition.txt" && e.Size == 12 && e.Sha1.Length == 40), "list");
                byte[] contents = wim.Read(1, @"\Windows\System32\config\edition.txt");
                Check(Encoding.ASCII.GetString(contents) == "Professional", "contents");
                Check(wim.GetPackages(1).Packages.Any(p => p.Identity.Contains("Foundation")), "packages");

                ImageDifferences differences = wim.Compare(1, wim, 2);
                Check(!differences.Equal && differences.Entries.Any(e => e.Path.EndsWith("edition.txt")), "compare");
                Check(wim.Compare(1, wim, 1).Equal, "an image equals itself");

                var watch = new Watch();
                VerifyReport sound = wim.Verify(progress: watch);
                Check(sound.Problems.Count == 0 && sound.Images == 2, "verify");
                Check(watch.Phases.Contains(Phase.Verify), "progress");
                watch.Then = e => { throw new InvalidOperationException("mine"); };
                try
                {
                    wim.Verify(progress: watch);
                    Check(false, "the receiver's exception");
                }
                catch (InvalidOperationException e)
                {
                    Check(e.Message == "mine", "the receiver's exception");
                }
                using (var source = new CancellationTokenSource())
                {
                    watch.Then = e => source.Cancel();
                    try
                    {
                        wim.Verify(progress: watch, cancel: source.Token);
                        Check(false, "a cancel");
                    }
                    catch (OperationCanceledException e)
                    {
                        Check(e.CancellationToken == source.Token, "the token");
                    }
                }

                string dest = Path.Combine(folder, "extracted");
                ExtractReport extracted = wim.Extract(1, dest, new[] { "Windows/System32/config" });
                Check(extracted.Files == 1 && extracted.Failed.Count == 0, "extract");
                Check(File.ReadAllText(Path.Combine(dest, "Windows/System32/config/edition.txt")) == "Professional", "file");
                try
                {
                    wim.Extract(1, dest, new[] { "Windows/System32/config" });
                    Check(false, "something in the way");
                }
                catch (WimwrightException e)
                {
                    Check(e.Kind == ErrorKind.AlreadyExists && e.Report.Contains("already_exists"), "the report");
                }

                string made = Path.Combine(folder, "new.wim");
                var options = new ExportOptions { Compression = Compression.Xpress, Integrity = Choice.Yes, Guid = Guid.NewGuid() };
                ExportReport report = wim.Export(made, new[] { 2, 1 }, options);
                Check(report.Images.SequenceEqual(new long[] { 2, 1 }), "export");
                Fails(ErrorKind.AlreadyExists, () => wim.Export(made));

                // One handle, many threads.
                Parallel.For(0, 4, i => Check(wim.Verify(threads: 1).Problems.Count == 0, "verify at once"));
            }
            using (WimFile wim = WimFile.Open(Path.Combine(folder, "new.wim")))
            {
                Check(wim.GetInfo().Compression == "xpress" && wim.GetInfo().Integrity, "how it was written");
                wim.SetProperties(1, new ImageProperties { Name = "Größe 😀", Boot = Choice.Yes });
            }
            using (WimFile wim = WimFile.Open(Path.Combine(folder, "new.wim")))
            {
                Check(wim.GetProperty(1, "NAME") == "Größe 😀" && wim.GetInfo().BootIndex == 1, "set");
                CommitReport gone = wim.DeleteImages(new[] { 2 }, new CommitOptions { Output = Path.Combine(folder, "one.wim") });
                Check(gone.Images.SequenceEqual(new long[] { 2 }), "delete");
            }
            using (WimFile wim = WimFile.Open(Path.Combine(folder, "one.wim")))
            {
                Check(wim.ImageCount == 1, "one image");
                SplitReport parts = wim.Split(Path.Combine(folder, "set.swm"), 1 << 18);
                Check(parts.Parts.Count > 1, "split");
                wim.Optimize();
            }
        }

        private static void Service(string image, string update, string output)
        {
            UpdateInfo info = UpdatePackage.Inspect(update);
            Check(info.Kb == "KB9999999" && info.Packages.Count > 0, "inspect");
            Check(UpdatePackage.Unpack(update, output + ".unpacked").Failed.Count == 0, "unpack");
            Fails(ErrorKind.NotFound, () => ServicingSession.Open(image, new SessionOptions { Indexes = new[] { 77 } }));
            using (ServicingSession session = ServicingSession.Open(image, new SessionOptions { Output = output, ReceiptPath = output + ".json" }))
            {
                Fails(ErrorKind.NotFound, () => session.GetReceipt());
                session.AddUpdate(update);
                Check(session.Plan().Decisions.Any(d => d.Status == "applicable"), "plan");
                var watch = new Watch();
                Receipt receipt = session.Commit(watch);
                Check(receipt.Written && receipt.Indexes.Count == 2, "receipt");
                Check(receipt.Updates[0].Kb == "KB9999999", "the receipt's update");
                Check(watch.Phases.Contains(Phase.Write), "phases");
                string document = session.GetReceiptJson();
                Check(document.Contains("wimwright.receipt.v1"), "the receipt's document");
                Check(File.ReadAllText(output + ".json").TrimEnd() == document.TrimEnd(), "the receipt's file");
                UnstageReport looked = ServicingSession.Unstage(output, document, new UnstageOptions { DryRun = true });
                Check(!looked.Written && looked.Indexes.Count == 2, "a look at what can be taken out");
                watch = new Watch();
                UnstageReport taken = ServicingSession.Unstage(
                    output, document, new UnstageOptions { Output = output + ".unstaged", Indexes = new[] { 2 } }, watch);
                Check(taken.Written && taken.Indexes.Single().Index == 2 && taken.Indexes[0].Files > 0, "unstage");
                Check(watch.Phases.Count > 0, "phases of an unstage");
                Fails(ErrorKind.Malformed, () => ServicingSession.Unstage(output, "{}"));
            }
        }

        private static string SetupFiles(string image, string folder)
        {
            foreach (string name in new[] { "setup.exe", "sources/setup.exe", "sources/lang.ini", "boot/bcd", "efi/boot/bootx64.efi" })
            {
                string path = Path.Combine(folder, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path));
                File.WriteAllText(path, name);
            }
            File.Copy(image, Path.Combine(folder, "sources/install.wim"));
            File.Copy(image, Path.Combine(folder, "sources/boot.wim"));
            return folder;
        }

        private static void UpgradePackages(string image, string update, string folder)
        {
            string media = SetupFiles(image, folder + ".media"), point = folder + ".point", file = folder + ".zip", bad = folder + ".cab";
            Fails(ErrorKind.NotFound, () => Site.Open(folder));
            File.WriteAllText(bad, "no update");
            using (Site site = Site.Create(folder))
            {
                Fails(ErrorKind.AlreadyExists, () => Site.Create(folder));
                Check(site.GetInfo().Packages == 0 && site.GetPackages().Count == 0, "an empty site");
                var watch = new Watch();
                UpgradePackageDetails added = site.AddPackage(media, "Größe", "1", progress: watch);
                Check(added.Id == 1 && added.Indexes.Count == 2 && added.Published == 1, "add");
                Check(watch.Phases.Count > 0, "phases of an add");
                Check(site.SetPackage("Größe", name: "p", keep: 2).Keep == 2, "set");
                Check(site.GetPackage("p", installed: true).Installed.Any(f => f.Identity.Contains("Foundation")), "show");
                UpdateImportReport imported = site.ImportUpdates(new[] { update, bad });
                Check(imported.Imported[0].Kb == "KB9999999" && imported.Failed.Count == 1, "import");
                Check(site.GetUpdates("p").Count == 1 && site.GetUpdates().Count == 1, "updates");
                Check(site.GetInspection("KB9999999").Kb == "KB9999999", "what an update is");
                Fails(ErrorKind.NotFound, () => site.GetInspection("KB1"));
                Check(site.GetOffer("p").Updates.Any(o => o.Offered && o.Index == 2), "offer");
                Check(site.GetStatus("p", 1)[0].Status == 3, "status");
                Fails(ErrorKind.InvalidArgument, () => site.AddSchedule("p", new ScheduleOptions()));
                ServicingSchedule later = site.AddSchedule("p", new ScheduleOptions
                {
                    Updates = new[] { "KB9999999" }, Cron = "0 3 * * TUE#2", Zone = "Europe/Berlin", ContinueOnError = true,
                });
                Check(later.Zone == "Europe/Berlin" && later.Updates[0] == 1 && later.ContinueOnError, "a schedule");
                site.AddSchedule("p", new ScheduleOptions { Selection = UpdateSelection.AllApplicable });
                Check(site.GetSchedules().Count == 2, "schedules");
                IReadOnlyList<ServicingRun> runs = site.Run();
                Check(runs.Count == 1 && runs[0].Status == 2 && runs[0].ToVersion == 2, "run");
                Check(site.GetHistory("p")[0].Updates[0].Kb == "KB9999999", "history");
                Check(site.GetReceipt(1).Updates[0].Kb == "KB9999999", "the receipt of a run");
                Check(site.CancelSchedule(1).Action == 2, "cancel");
                Check(site.RollbackPackage("p").Published == 1, "rollback");
                Check(site.AddPoint("d", point)[0].Url.EndsWith(".point"), "a point");
                Check(site.Distribute("p", new[] { "d" })[0].State == 0, "distribute");
                Check(site.Redistribute("p")[0].State == 0 && site.GetDistributions("p").Count == 1, "redistribute");
                Check(site.Validate("p")[0].Problems.Count == 0, "validate");
                Check(site.ExportPrestaged(new[] { "p" }, file).Packages.Count == 1, "prestage");
                Check(site.ImportPrestaged(file, "d").Present > 0, "what is there already");
                Check(Site.UnpackPrestaged(file, point + "2").Blobs > 0, "prestage without a site");
                string key = folder + ".pem", half = folder + ".pub", signed = folder + ".signed.zip";
                File.WriteAllText(key, PrivateKey);
                File.WriteAllText(half, PublicKey);
                Check(site.ExportPrestaged(new[] { "p" }, signed, signKey: key).Signature == "made", "a signature");
                Check(site.ImportPrestaged(signed, "d", verifyKey: half).Signature == "verified", "verified");
                Check(Site.UnpackPrestaged(signed, point + "2", verifyKey: half).Signature == "verified", "verified too");
                Check(Site.UnpackPrestaged(signed, point + "2").Signature == "not checked", "not checked");
                Fails(ErrorKind.HashMismatch, () => site.ImportPrestaged(file, "d", verifyKey: half));
                Fails(ErrorKind.HashMismatch, () => Site.UnpackPrestaged(file, point + "2", verifyKey: half));
                Fails(ErrorKind.InvalidArgument, () => site.ExportPrestaged(new[] { "p" }, signed, signKey: half));
                Check(site.WriteReport(folder + ".html").Bytes > 1000, "report");
                try
                {
                    Directory.Move(point, point + "3");
                    File.WriteAllText(point, "no folder");
                    site.Redistribute("p");
                    Check(false, "a point that is gone");
                }
                catch (WimwrightException e)
                {
                    Check(e.Report.Contains("\"state\":3"), "how the points stand: " + e.Report);
                    File.Delete(point);
                    Directory.Move(point + "3", point);
                }
                Check(site.Withdraw("p").Count == 0 && site.GetPoints().Count == 1, "withdraw");
                Check(site.RemovePoint("d").Count == 0, "remove a point");
                File.Delete(Path.Combine(media, "boot/bcd"));
                Check(site.CheckPackage("p").Differences[0].Change == "missing", "check");
                Check(site.ReloadPackage("p").Versions[0].Origin == "reloaded", "reload");
                Check(site.Verify().Problems.Count == 0, "the library is whole");
                Check(site.RemovePackage("p").Blobs > 0 && site.RemoveUpdate("1").Removed.Length > 0, "remove");
            }
        }

        private static void Mounts(string image, string folder)
        {
            string copy = Path.Combine(folder, "mounted.wim"), place = Path.Combine(folder, "mount");
            File.Copy(image, copy);
            Directory.CreateDirectory(place);
            MountedImage opened;
            try
            {
                opened = MountedImage.Open(copy, 1, place, readWrite: true, overlay: Path.Combine(folder, "overlay"));
            }
            catch (WimwrightException e)
            {
                // Not every machine lets a user mount.
                Console.WriteLine("skipped: mount: " + e.Message);
                Check(e.Kind == ErrorKind.NotAvailable || e.Kind == ErrorKind.PermissionDenied || e.Kind == ErrorKind.Io, "kind");
                return;
            }
            using (MountedImage mounted = opened)
            {
                Check(MountedImage.List().Any(m => m.Dir == place && m.Mode == "rw"), "the list of mounts");
                Check(File.ReadAllText(Path.Combine(place, "Windows/System32/config/edition.txt")) == "Professional", "a look");
                File.WriteAllText(Path.Combine(place, "new.txt"), "text");
                Check(mounted.IsMounted, "mounted");
                UnmountReport report = mounted.End(MountEnding.Commit);
                Check(report.Committed.NewBlobs == 1 && !mounted.IsMounted, "commit of a mount");
                mounted.Wait();
            }
            using (WimFile wim = WimFile.Open(copy))
            {
                Check(Encoding.UTF8.GetString(wim.Read(1, "new.txt")) == "text", "committed through a mount");
            }
            Fails(ErrorKind.NotFound, () => MountedImage.Unmount(place, MountEnding.Discard));
        }

        private static void Edit(string image, string folder)
        {
            Overlay first, second;
            using (WimFile wim = WimFile.Open(image))
            {
                first = wim.OpenOverlay(1);
                second = wim.OpenOverlay(2);
            }
            // The overlays outlive the file that they are views of.
            using (first)
            using (second)
            {
                string source = Path.Combine(folder, "source.bin");
                File.WriteAllBytes(source, new byte[] { 1, 2, 3 });
                var time = new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);
                first.SetClock(time);
                first.Put("new/a.txt", Encoding.UTF8.GetBytes("text"));
                first.Put("new/odd\ud800", new byte[0]);
                first.Put("new/a.txt", new byte[] { 51 }, "Zone.Identifier");
                first.PutFile("new/b.bin", source);
                first.HardLink("new/a.txt", "new/c.txt");
                first.Rename("new/c.txt", "new/d.txt");
                first.MakeDirectory("new/folder");
                first.SetAttributes("new/a.txt", FileAttributes.ReadOnly | FileAttributes.Archive);
                first.SetTimes("new/b.bin", null, null, time);
                var descriptor = new byte[] { 1, 0, 4, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
                first.SetSecurity("new/b.bin", descriptor);
                Check(first.GetSecurity("new/b.bin").SequenceEqual(descriptor), "a descriptor");
                first.SetSecurity("new/b.bin", null);
                Check(first.GetSecurity("new/b.bin") == null, "no descriptor");
                first.SetShortName("new/b.bin", "B~1.BIN");
                first.Remove("Windows/System32/config/edition.txt");
                second.Put("second.txt", new byte[] { 50 });
                Fails(ErrorKind.NotFound, () => first.Remove("none"));
                Check(first.GetChanges().Added == 3 && first.GetChanges().Linked == 1, "changes");
                using (var memory = new MemoryStream())
                {
                    first.Read("new/d.txt", memory);
                    Check(memory.Length == 4, "read from an overlay");
                }
                Check(first.List("new").Entries.Count == 5, "list of an overlay");
                CommitReport report = Overlay.Commit(new[] { first, second });
                Check(report.Images.SequenceEqual(new long[] { 1, 2 }), "commit");
                Fails(ErrorKind.Busy, () => first.Commit());
            }
            Check(Closed(first), "a closed overlay says so");
            using (WimFile wim = WimFile.Open(image))
            {
                Check(Encoding.UTF8.GetString(wim.Read(1, "new/d.txt")) == "text", "committed");
                Check(wim.Read(1, "new/a.txt", "Zone.Identifier").Length == 1, "stream");
                Check(wim.Read(2, "second.txt").Length == 1, "the second image");
                Check(wim.List(1, "new/b.bin").Entries[0].ShortName == "B~1.BIN", "short name");
            }
        }

        private static void Folders(string folder)
        {
            string tree = Path.Combine(folder, "tree"), file = Path.Combine(folder, "captured.wim");
            Directory.CreateDirectory(Path.Combine(tree, "sub"));
            File.WriteAllText(Path.Combine(tree, "sub", "a.txt"), "of the folder");
            var watch = new Watch();
            var options = new CaptureOptions
            {
                Properties = new ImageProperties { Name = "First", Description = "Größe" },
                Packing = new ExportOptions { Compression = Compression.Xpress, Integrity = Choice.Yes },
                Timestamp = new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc),
            };
            CaptureReport made = WimFile.Capture(tree, file, options, watch);
            Check(made.Index == 1 && made.Files == 1 && made.Name == "First" && watch.Phases.Contains(Phase.Write), "capture");
            Fails(ErrorKind.AlreadyExists, () => WimFile.Capture(tree, file, options));
            File.WriteAllText(Path.Combine(tree, "sub", "b.txt"), "one more");
            using (WimFile wim = WimFile.Open(file))
            {
                Check(wim.GetInfo().Images[0].Description == "Größe", "the captured image's description");
                options.Properties.Name = "Second";
                options.Packing = null;
                Check(wim.Append(tree, options).Deduplicated == 1, "append");
            }
            string delta = Path.Combine(folder, "delta.wim");
            using (WimFile wim = WimFile.Open(file))
            {
                Check(wim.ImageCount == 2, "two captured images");
                wim.Export(delta, new[] { 2 }, new ExportOptions { DeltaFrom = new[] { file }, Name = "A delta" });
            }
            using (WimFile alone = WimFile.Open(delta))
            {
                Fails(ErrorKind.NotFound, () => alone.Read(1, "sub/a.txt"));
            }
            using (WimFile whole = WimFile.Open(delta, new OpenOptions { References = new[] { file } }))
            {
                Check(whole.GetProperty(1, "NAME") == "A delta", "the name of an exported image");
                Check(Encoding.UTF8.GetString(whole.Read(1, "sub/b.txt")) == "one more", "a delta with its reference");
            }
            using (FileStream stream = File.OpenRead(file))
            using (WimFile piped = WimFile.OpenPipe(stream, "a pipe"))
            {
                Check(Encoding.UTF8.GetString(piped.Read(1, "sub/a.txt")) == "of the folder", "through a pipe");
            }
            Fails(ErrorKind.Malformed, () => WimFile.OpenPipe(new MemoryStream(new byte[3]), "too short"));
            try
            {
                var closed = new MemoryStream();
                closed.Dispose();
                WimFile.OpenPipe(closed, "closed");
                Check(false, "a stream that fails");
            }
            catch (ObjectDisposedException)
            {
            }
        }

        private static void Refresh(string folder)
        {
            string medium = Path.Combine(folder, "media"), output = Path.Combine(folder, "new");
            var options = new RefreshOptions
            {
                Cumulative = Path.Combine(folder, "lcu"), SafeOs = Path.Combine(folder, "safeos.cab"),
                Setup = Path.Combine(folder, "setup.cab"), DotNet = Path.Combine(folder, "dotnet.cab"),
                Indexes = new[] { 1, 3 }, NoHardLinks = true,
            };
            Fails(ErrorKind.InvalidArgument, () => Media.Refresh(medium, output, new RefreshOptions()));
            options.DryRun = true;
            Check(!Media.Refresh(medium, output, options).Written && !Directory.Exists(output), "a dry refresh");
            options.DryRun = false;
            using (var source = new CancellationTokenSource())
            {
                var stop = new Watch { Then = e => source.Cancel() };
                try
                {
                    Media.Refresh(medium, output, options, stop, source.Token);
                    Check(false, "a cancelled refresh");
                }
                catch (OperationCanceledException)
                {
                    Check(!Directory.Exists(output), "nothing of a cancelled refresh");
                }
            }
            var watch = new Watch();
            MediaRefreshReport report = Media.Refresh(medium, output, options, watch);
            Check(report.Written && report.Images.Count == 3, "refresh");
            Check(report.Images.All(i => i.Outcome == "serviced" && i.Decisions.Count > 0), "the images");
            Check(report.Cumulative.Checkpoints.Count == 1, "the checkpoints");
                Check(report.Cumulative.Target.Identities.Any(i => i.Contains("RollupFix")), "the cumulative update");
            Check(report.Changed.Any(f => f.Path == "sources/appraiser.dll" && f.Change == "added"), "Setup's files");
            Check(report.Unchanged.Files > 0 && report.Unchanged.HardLinked == 0, "files as they were");
            Check(watch.Phases.Contains(Phase.Stage) && watch.Phases.Contains(Phase.Write), "phases of a refresh");
            Check(File.ReadAllText(Path.Combine(output, "sources/appraiser.dll")) == "MZ new", "a file of the new tree");
            Fails(ErrorKind.AlreadyExists, () => Media.Refresh(medium, output, options));
        }

        private static bool Closed(Overlay overlay)
        {
            try
            {
                overlay.GetChanges();
                return false;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }
}
