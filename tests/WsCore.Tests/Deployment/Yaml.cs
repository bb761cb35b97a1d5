using System.Text.Json.Nodes;
using WsCore.TestKit.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace WsCore.Tests.Deployment;

/// <summary>YAML of the repository, as JSON nodes: every scalar is text, whatever it looks like.</summary>
internal static class Yaml
{
    /// <summary>The only document of a file, anchors and merges resolved.</summary>
    public static JsonNode One(string file) => Assert.Single(All(file));

    /// <summary>Every document of a file.</summary>
    /// <exception cref="YamlException">It is not YAML; a key that stands twice is none either.</exception>
    public static IReadOnlyList<JsonNode> All(string file)
    {
        using var text = File.OpenText(SourceTree.PathOf(file));
        var parser = new MergingParser(new Parser(text));
        var (reader, writer) = (new DeserializerBuilder().Build(), new SerializerBuilder().JsonCompatible().Build());
        var documents = new List<JsonNode>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            documents.Add(JsonNode.Parse(writer.Serialize(reader.Deserialize(parser)))!);
        }

        return documents;
    }

    /// <summary>The node at the end of a path of names and numbers, such as <c>spec/containers/0/name</c>; it must be there.</summary>
    public static JsonNode At(this JsonNode node, string path) => path.Split('/').Aggregate(node, (inner, step) =>
        (inner is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : inner[step])
        ?? throw new InvalidOperationException($"There is no {path}: {step} is missing in {inner.ToJsonString()}"));

    public static string Text(this JsonNode node, string path) => node.At(path).GetValue<string>();

    public static int Number(this JsonNode node, string path) => int.Parse(node.Text(path), System.Globalization.CultureInfo.InvariantCulture);

    public static IReadOnlyList<string> Texts(this JsonNode node, string path) => [.. node.At(path).AsArray().Select(item => item!.GetValue<string>())];
}
