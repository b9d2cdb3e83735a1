using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Wimwright.Test
{
    /// <summary>The assembly as a program uses it. usage: Program IMAGE UPDATE FOLDER</summary>
    internal static class Program
    {
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
                Service(args[0], args[1], Path.Combine(args[2], "out.wim"));
                Edit(args[0], args[2]);
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
            using (ServicingSession session = ServicingSession.Open(image, new SessionOptions { Output = output }))
            {
                Fails(ErrorKind.NotFound, () => session.GetReceipt());
                session.AddUpdate(update);
                Check(session.Plan().Decisions.Any(d => d.Status == "applicable"), "plan");
                var watch = new Watch();
                Receipt receipt = session.Commit(watch);
                Check(receipt.Written && receipt.Indexes.Count == 2, "receipt");
                Check(receipt.Updates[0].Kb == "KB9999999", "the receipt's update");
                Check(watch.Phases.Contains(Phase.Write), "phases");
                Check(session.GetReceiptJson().Contains("wimwright.receipt.v1"), "the receipt's document");
            }
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
                first.SetSecurity("new/b.bin", null);
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
