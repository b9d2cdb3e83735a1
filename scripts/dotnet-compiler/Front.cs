// A C# compiler's command line over the compiler's library: csc's own flags, errors on standard error.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

public static class Front
{
    public static int Main(string[] args)
    {
        string here = Directory.GetCurrentDirectory();
        CSharpCommandLineArguments asked = CSharpCommandLineParser.Default.Parse(args, here, null, null);
        if (Print(asked.Errors))
        {
            return 1;
        }
        var trees = new List<SyntaxTree>();
        foreach (CommandLineSourceFile source in asked.SourceFiles)
        {
            using (FileStream file = File.OpenRead(source.Path))
            {
                trees.Add(CSharpSyntaxTree.ParseText(SourceText.From(file, asked.Encoding), asked.ParseOptions, source.Path));
            }
        }
        var references = asked.MetadataReferences.Select(r => MetadataReference.CreateFromFile(r.Reference, r.Properties));
        var options = asked.CompilationOptions.WithAssemblyIdentityComparer(DesktopAssemblyIdentityComparer.Default);
        string name = asked.CompilationName ?? Path.GetFileNameWithoutExtension(asked.OutputFileName);
        CSharpCompilation compilation = CSharpCompilation.Create(name, trees, references, options);
        string output = Path.Combine(asked.OutputDirectory ?? here, asked.OutputFileName);
        using (var assembly = new MemoryStream())
        using (MemoryStream xml = asked.DocumentationPath == null ? null : new MemoryStream())
        {
            var how = asked.EmitOptions.WithDebugInformationFormat(DebugInformationFormat.Embedded);
            EmitResult result = compilation.Emit(
                assembly, null, xml, null, asked.ManifestResources, how, null, null, null, CancellationToken.None);
            Print(result.Diagnostics);
            if (!result.Success)
            {
                return 1;
            }
            File.WriteAllBytes(output, assembly.ToArray());
            if (xml != null)
            {
                File.WriteAllBytes(asked.DocumentationPath, xml.ToArray());
            }
            return 0;
        }
    }

    // Whether there was an error among them.
    private static bool Print(IEnumerable<Diagnostic> diagnostics)
    {
        var shown = diagnostics.Where(d => !d.IsSuppressed && d.Severity >= DiagnosticSeverity.Warning).ToList();
        shown.ForEach(d => Console.Error.WriteLine(d));
        return shown.Any(d => d.Severity == DiagnosticSeverity.Error);
    }
}
