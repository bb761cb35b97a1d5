using System.Text;

namespace WsCore.FunctionalTests.Otlp;

/// <summary>Reads as much of a serialized <c>ExportMetricsServiceRequest</c> (opentelemetry-proto, <c>metrics.proto</c>) as the tests ask for.</summary>
internal static class OtlpRequest
{
    private const int Bytes = 2; // the wire type of messages and strings

    /// <summary><c>resource_metrics</c> 1, <c>scope_metrics</c> 2, <c>metrics</c> 2, <c>name</c> 1.</summary>
    public static IEnumerable<string> Names(byte[] request) =>
        from resource in Fields(request, 1)
        from scope in Fields(resource, 2)
        from metric in Fields(scope, 2)
        from name in Fields(metric, 1)
        select Encoding.UTF8.GetString(name);

    /// <summary><c>resource_metrics</c> 1, <c>resource</c> 1, <c>attributes</c> 1: <c>key</c> 1, <c>value</c> 2, of which <c>string_value</c> 1.</summary>
    public static Dictionary<string, string> Resource(byte[] request) =>
        (from resources in Fields(request, 1)
         from resource in Fields(resources, 1)
         from attribute in Fields(resource, 1)
         from key in Fields(attribute, 1)
         from value in Fields(attribute, 2)
         from text in Fields(value, 1)
         select (Encoding.UTF8.GetString(key), Encoding.UTF8.GetString(text))).ToDictionary();

    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case Bytes:
                    var length = (int)Varint(message, ref at);
                    if (tag >> 3 == (ulong)number)
                    {
                        found.Add(message[at..(at + length)]);
                    }

                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} at {at}.");
            }
        }

        return found;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
