// Made by records.py from docs/schema/site-dp-list.v1.json. Do not edit.
using System.Collections.Generic;

namespace Wimwright
{
    /// <summary>The document <c>wimwright.site-dp-list.v1</c>.</summary>
    public sealed class DistributionPointList
    {
        internal DistributionPointList(Json json)
        {
            Points = json["points"].List(item => (item.IsNull ? null : new DistributionPoint(item)));
        }

        /// <summary>The points.</summary>
        public IReadOnlyList<DistributionPoint> Points { get; }
    }

    /// <summary>A part of it.</summary>
    public sealed class DistributionPoint
    {
        internal DistributionPoint(Json json)
        {
            Id = json["id"].Number.GetValueOrDefault();
            Name = json["name"].Text;
            Url = json["url"].Text;
            Endpoint = json["endpoint"].Text;
            Region = json["region"].Text;
            Credentials = json["credentials"].Text;
            AllowHttp = json["allow_http"].Flag.GetValueOrDefault();
            Added = json["added"].Text;
        }

        /// <summary>Its number in the site.</summary>
        public long Id { get; }

        /// <summary>Its name.</summary>
        public string Name { get; }

        /// <summary>A folder, or s3://, az://, gs://, http://, https://.</summary>
        public string Url { get; }

        /// <summary>The server, where it is not the provider's own.</summary>
        public string Endpoint { get; }

        /// <summary>The region.</summary>
        public string Region { get; }

        /// <summary>The file with the credentials; what is in it is in no record.</summary>
        public string Credentials { get; }

        /// <summary>Whether plain HTTP to an endpoint is accepted.</summary>
        public bool AllowHttp { get; }

        /// <summary>When it was added.</summary>
        public string Added { get; }
    }
}
