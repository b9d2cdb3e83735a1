using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Wimwright
{
    /// <summary>A JSON value. The library's own reader, so that nothing else is needed on any framework.</summary>
    internal sealed class Json
    {
        private static readonly Json Null = new Json(null);
        private readonly object value;

        private Json(object value)
        {
            this.value = value;
        }

        internal bool IsNull => value == null;

        /// <summary>A text; a number as its digits; null for anything else.</summary>
        internal string Text => value as string ?? (value is long n ? n.ToString(CultureInfo.InvariantCulture) : null);

        internal long? Number => value as long?;

        internal bool? Flag => value as bool?;

        /// <summary>A field; null where there is none.</summary>
        internal Json this[string name] =>
            value is Dictionary<string, Json> fields && fields.TryGetValue(name, out Json field) ? field : Null;

        internal IReadOnlyList<T> List<T>(Func<Json, T> read)
        {
            var list = new List<T>();
            if (value is List<Json> items)
            {
                items.ForEach(item => list.Add(read(item)));
            }
            return list;
        }

        internal IReadOnlyDictionary<string, string> Map
        {
            get
            {
                var map = new Dictionary<string, string>();
                if (value is Dictionary<string, Json> fields)
                {
                    foreach (KeyValuePair<string, Json> field in fields)
                    {
                        map[field.Key] = field.Value.Text;
                    }
                }
                return map;
            }
        }

        internal static Json Parse(string text)
        {
            int at = 0;
            Json json = Value(text, ref at, 0);
            Space(text, ref at);
            return at == text.Length ? json : throw Wrong(at);
        }

        private static Json Value(string text, ref int at, int depth)
        {
            Space(text, ref at);
            if (at >= text.Length || depth > 64)
            {
                throw Wrong(at);
            }
            switch (text[at])
            {
                case '{':
                    return Fields(text, ref at, depth);
                case '[':
                    return Items(text, ref at, depth);
                case '"':
                    return new Json(Quoted(text, ref at));
                case 't':
                    return Word(text, ref at, "true", true);
                case 'f':
                    return Word(text, ref at, "false", false);
                case 'n':
                    return Word(text, ref at, "null", null);
                default:
                    return Digits(text, ref at);
            }
        }

        private static Json Fields(string text, ref int at, int depth)
        {
            var fields = new Dictionary<string, Json>();
            for (at++; !Ends(text, ref at, '}', fields.Count > 0);)
            {
                Space(text, ref at);
                string name = Quoted(text, ref at);
                Space(text, ref at);
                Expect(text, ref at, ':');
                fields[name] = Value(text, ref at, depth + 1);
            }
            return new Json(fields);
        }

        private static Json Items(string text, ref int at, int depth)
        {
            var items = new List<Json>();
            for (at++; !Ends(text, ref at, ']', items.Count > 0);)
            {
                items.Add(Value(text, ref at, depth + 1));
            }
            return new Json(items);
        }

        /// <summary>Whether the list ends here; if not and it has begun, the comma is passed over.</summary>
        private static bool Ends(string text, ref int at, char end, bool begun)
        {
            Space(text, ref at);
            if (at < text.Length && text[at] == end)
            {
                at++;
                return true;
            }
            if (begun)
            {
                Expect(text, ref at, ',');
            }
            return false;
        }

        private static string Quoted(string text, ref int at)
        {
            Expect(text, ref at, '"');
            var made = new StringBuilder();
            while (at < text.Length && text[at] != '"')
            {
                char c = text[at++];
                if (c != '\\')
                {
                    made.Append(c);
                    continue;
                }
                char escape = at < text.Length ? text[at++] : throw Wrong(at);
                if (escape == 'u')
                {
                    if (at + 4 > text.Length)
                    {
                        throw Wrong(at);
                    }
                    string digits = text.Substring(at, 4);
                    if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
                    {
                        throw Wrong(at);
                    }
                    made.Append((char)unit);
                    at += 4;
                    continue;
                }
                int known = "\"\\/bfnrt".IndexOf(escape);
                made.Append(known < 0 ? throw Wrong(at) : "\"\\/\b\f\n\r\t"[known]);
            }
            Expect(text, ref at, '"');
            return made.ToString();
        }

        private static Json Digits(string text, ref int at)
        {
            int start = at;
            while (at < text.Length && "+-.0123456789eE".IndexOf(text[at]) >= 0)
            {
                at++;
            }
            string digits = text.Substring(start, at - start);
            if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            {
                return new Json(number);
            }
            return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
                ? new Json(real) : throw Wrong(start);
        }

        private static Json Word(string text, ref int at, string word, object meaning)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0)
            {
                throw Wrong(at);
            }
            at += word.Length;
            return new Json(meaning);
        }

        private static void Expect(string text, ref int at, char c)
        {
            if (at >= text.Length || text[at] != c)
            {
                throw Wrong(at);
            }
            at++;
        }

        private static void Space(string text, ref int at)
        {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0)
            {
                at++;
            }
        }

        private static FormatException Wrong(int at)
        {
            return new FormatException($"the document is no JSON at character {at}");
        }
    }
}
