using WsCore.LoadTests.Commands;

namespace WsCore.LoadTests.Tests.Commands;

public sealed class CommandLineTextTests
{
    [Theory]
    [InlineData(new[] { "chat", "--rate", "5", "--threshold", "p99<5ms", "errors=0" }, "chat --rate 5 --threshold \"p99<5ms\" errors=0")]
    [InlineData(new[] { "chat", "--out", "here", "--rate", "5" }, "chat --rate 5")]
    [InlineData(new[] { "chat", "--out=here" }, "chat")]
    [InlineData(new[] { "chat", "--header", "Authorization: Bearer s3cret", "X-Key:s3cret", "--rate", "5" }, "chat --header \"Authorization: ***\" \"X-Key: ***\" --rate 5")]
    [InlineData(new[] { "chat", "--header=Cookie: a=s3cret" }, "chat --header \"Cookie: ***\"")]
    [InlineData(new[] { "direct", "--user-header", "X-User: s3cret-{user}" }, "direct --user-header \"X-User: ***\"")]
    [InlineData(new[] { "chat", "--url", "wss://me:s3cret@example.com:8443/ws?token=s3cret", "--rate", "5" }, "chat --url \"wss://example.com:8443/ws?***\" --rate 5")]
    [InlineData(new[] { "chat", "--url=ws://127.0.0.1:8080/ws" }, "chat --url ws://127.0.0.1:8080/ws")]
    public void Of_WhatWasGiven_KeepsNoSecretAndNoFolder(string[] arguments, string text)
    {
        var (_, _, parsed) = new CommandReader(TextWriter.Null, TextWriter.Null).Read(arguments, out _)!.Value;

        Assert.Equal(text, CommandLineText.Of(parsed));
    }
}
