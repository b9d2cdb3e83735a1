// Compiled by mono's mcs, run on .NET 8: drives the C# compiler's library by reflection, to compile one source file.
// usage: boot OUT SOURCE FRAMEWORK REFERENCE...
using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

public static class Boot
{
    // Calls the first method of that name that takes the arguments; the others get their defaults.
    private static object Call(Type type, string name, object self, params object[] arguments)
    {
        foreach (MethodInfo method in type.GetMethods().Where(m => m.Name == name))
        {
            ParameterInfo[] parameters = method.GetParameters();
            if (parameters.Length < arguments.Length)
            {
                continue;
            }
            bool fits = parameters.Skip(arguments.Length).All(p => p.IsOptional);
            for (int i = 0; fits && i < arguments.Length; i++)
            {
                Type wanted = parameters[i].ParameterType;
                fits = arguments[i] == null ? !wanted.IsValueType : wanted.IsInstanceOfType(arguments[i]);
            }
            if (fits)
            {
                var rest = parameters.Skip(arguments.Length).Select(Default);
                return method.Invoke(self, arguments.Concat(rest).ToArray());
            }
        }
        throw new MissingMethodException(type.FullName, name);
    }

    private static object Default(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        object value = parameter.DefaultValue is DBNull ? null : parameter.DefaultValue;
        if (value == null)
        {
            return type.IsValueType ? Activator.CreateInstance(type) : null;
        }
        return type.IsEnum ? Enum.ToObject(type, value) : value;
    }

    private static IList ListOf(Type type)
    {
        return (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(type));
    }

    public static int Main(string[] args)
    {
        string here = AppDomain.CurrentDomain.BaseDirectory;
        Assembly common = Assembly.LoadFrom(here + "Microsoft.CodeAnalysis.dll");
        Assembly csharp = Assembly.LoadFrom(here + "Microsoft.CodeAnalysis.CSharp.dll");
        Type treeType = common.GetType("Microsoft.CodeAnalysis.SyntaxTree");
        Type referenceType = common.GetType("Microsoft.CodeAnalysis.MetadataReference");
        IList trees = ListOf(treeType), references = ListOf(referenceType);
        Type parser = csharp.GetType("Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree");
        trees.Add(Call(parser, "ParseText", null, File.ReadAllText(args[1])));
        foreach (string file in Directory.GetFiles(args[2], "*.dll").Concat(args.Skip(3)))
        {
            try
            {
                AssemblyName.GetAssemblyName(file);
            }
            catch (BadImageFormatException)
            {
                continue;
            }
            references.Add(Call(referenceType, "CreateFromFile", null, file));
        }
        Type kind = common.GetType("Microsoft.CodeAnalysis.OutputKind");
        Type optionsType = csharp.GetType("Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions");
        ConstructorInfo make = optionsType.GetConstructors().OrderBy(c => c.GetParameters().Length)
            .First(c => c.GetParameters()[0].ParameterType == kind);
        var given = make.GetParameters().Select((p, i) => i == 0 ? Enum.ToObject(kind, 0) : Default(p));
        object options = make.Invoke(given.ToArray());
        Type compilationType = csharp.GetType("Microsoft.CodeAnalysis.CSharp.CSharpCompilation");
        string name = Path.GetFileNameWithoutExtension(args[0]);
        object compilation = Call(compilationType, "Create", null, name, trees, references, options);
        using (var made = new MemoryStream())
        {
            object result = Call(common.GetType("Microsoft.CodeAnalysis.Compilation"), "Emit", compilation, made);
            if ((bool)result.GetType().GetProperty("Success").GetValue(result))
            {
                File.WriteAllBytes(args[0], made.ToArray());
                return 0;
            }
            foreach (object problem in (IEnumerable)result.GetType().GetProperty("Diagnostics").GetValue(result))
            {
                Console.Error.WriteLine(problem);
            }
            return 1;
        }
    }
}
