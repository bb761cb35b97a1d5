using System.Text;
using System.Text.Json;
using WsCore.Protocol;
using WsCore.TestKit.Randomness;

namespace WsCore.Tests.Protocol;

public sealed class SurrogatesTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("plain", false)]
    [InlineData("\\n\\\\ud800", false)] // an escaped backslash, then letters
    [InlineData("\\u00e9", false)]
    [InlineData("\\ud83d\\uDE00", false)]
    [InlineData("\\ud83d", true)]
    [InlineData("\\ude00", true)]
    [InlineData("\\ud83d\\ud83d\\ude00", true)]
    [InlineData("\\ud83dx\\ude00", true)]
    [InlineData("\\ud83d\\n", true)]
    [InlineData("\\uD83D\\uDE00\\uDE00", true)]
    public void HasLone_Table(string raw, bool lone) => Assert.Equal(lone, Surrogates.HasLone(Encoding.UTF8.GetBytes(raw)));

    [Fact]
    public void HasLone_RandomEscapes_AgreesWithThePlatform()
    {
        var random = TestSeed.CreateRandom();
        string[] pieces = ["a", "é", "\\\\", "\\\"", "\\/", "\\u0041", "\\ud800", "\\udbff", "\\udc00", "\\uDFFF", "\\uD83D\\uDE00", "u"];
        for (var i = 0; i < 20_000; i++)
        {
            var raw = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
            Assert.True(Refuses(raw) == Surrogates.HasLone(Encoding.UTF8.GetBytes(raw)), $"{raw} (seed {TestSeed.Value})");
        }
    }

    private static bool Refuses(string raw)
    {
        try
        {
            JsonDocument.Parse($"\"{raw}\"").RootElement.GetString();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }
}
