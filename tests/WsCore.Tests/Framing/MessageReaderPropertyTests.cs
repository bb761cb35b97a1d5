using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

public sealed class MessageReaderPropertyTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(400);

    [Fact]
    public void Read_RandomStreams_RoundTripHoweverTheyAreCut()
    {
        // Fixed ones for every run to be able to fail alike, and some that no run before has seen.
        int[] seeds = [.. Enumerable.Range(1, 150), .. Enumerable.Range(0, 50).Select(_ => Random.Shared.Next())];
        foreach (var seed in seeds)
        {
            var script = new StreamScript(seed);

            AssertSame(script.Expected, ReaderDriver.Run(script.Bytes, StreamScript.Limits), $"seed {seed}, whole");
            AssertSame(script.Expected, ReaderDriver.RunPieces(script.Pieces(), StreamScript.Limits), $"seed {seed}, in pieces");

            var driver = new ReaderDriver(StreamScript.Limits);
            driver.FeedSegments(script.Bytes, 1 + (seed % 700));
            AssertSame(script.Expected, driver.Events, $"seed {seed}, in segments");
        }
    }

    [Fact]
    public void Read_DamagedStreams_SayTheSameHoweverTheyAreCut()
    {
        int[] seeds = [.. Enumerable.Range(1, 300), .. Enumerable.Range(0, 100).Select(_ => Random.Shared.Next())];
        foreach (var seed in seeds)
        {
            var random = new Random(seed);
            var script = new StreamScript(seed);
            var bytes = script.Bytes;
            bytes = bytes[..Math.Min(bytes.Length, 3000)];
            for (var hits = random.Next(1, 4); hits > 0; hits--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            var whole = ReaderDriver.RunPieces([bytes], StreamScript.Limits, discard: true);
            AssertSame(whole, ReaderDriver.RunPieces(bytes.Chunk(1 + random.Next(40)), StreamScript.Limits, discard: true), $"seed {seed}");
            AssertSame(whole, ReaderDriver.RunPieces(bytes.Chunk(1), StreamScript.Limits, discard: true), $"seed {seed}, byte by byte");
        }
    }

    [Fact]
    public void Read_AnyBytesInAnyPieces_NeverThrowsAndSaysTheSame() =>
        Prop.ForAll<byte[], PositiveInt>((bytes, size) =>
        {
            var whole = ReaderDriver.RunPieces([bytes], discard: true);
            var cut = ReaderDriver.RunPieces(bytes.Chunk(size.Get), discard: true);
            return whole.SequenceEqual(cut);
        }).Check(Thorough);

    [Fact]
    public void Read_AnyPayload_IsWhatTheClientSent() =>
        Prop.ForAll<byte[], uint>((payload, mask) =>
        {
            var said = ReaderDriver.Run(ClientFrame.Encode(Opcode.Binary, payload, mask: mask));
            return said.SequenceEqual([ReaderDriver.Said(ReadStatus.Binary, payload)]);
        }).Check(Thorough);

    [Fact]
    public void Read_AnyTextPayload_IsTakenExactlyWhenItIsUtf8() =>
        Prop.ForAll<byte[], NonNull<string>>((noise, text) =>
        {
            byte[] payload = [.. Encoding.UTF8.GetBytes(text.Get), .. noise];
            var said = ReaderDriver.RunPieces(ClientFrame.Encode(Opcode.Text, payload).Chunk(3)).Single();
            return said.StartsWith(System.Text.Unicode.Utf8.IsValid(payload) ? "Text " : "Fault 1007 ", StringComparison.Ordinal);
        }).Check(Thorough);

    [Fact]
    public void TryRead_WhatTheWriterWrote_AfterMaskingIt_IsTheSameHeader() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 200_000)), ArbMap.Default.ArbFor<bool>(), (length, fin) =>
        {
            var bytes = new byte[FrameWriter.MaxHeaderSize + 4];
            var size = FrameWriter.WriteHeader(bytes, Opcode.Binary, length, fin);
            bytes[1] |= 0x80;

            var status = FrameHeader.TryRead(new ReadOnlySequence<byte>(bytes, 0, size + 4), out var header, out _);

            return status == HeaderStatus.Complete && header == new FrameHeader(fin, Opcode.Binary, true, 0, length, size + 4);
        }).Check(Thorough);

    [Fact]
    public void Read_ReleasedOrNot_SaysTheSame()
    {
        foreach (var seed in Enumerable.Range(1, 100))
        {
            var script = new StreamScript(seed);
            var reader = new MessageReader(StreamScript.Limits);
            var random = new Random(seed);
            var input = new ReadOnlySequence<byte>(script.Bytes);
            var said = new List<string>();
            while (reader.Read(ref input) is var status and not (ReadStatus.NeedMore or ReadStatus.Close or ReadStatus.Fault))
            {
                said.Add(ReaderDriver.Said(status, reader.Payload.Span));
                if (random.Next(2) == 0)
                {
                    reader.Release();
                    Assert.True(reader.Payload.IsEmpty);
                }
            }

            AssertSame([.. script.Expected.Where(line => !line.StartsWith("Close", StringComparison.Ordinal))], said, $"seed {seed}");
        }
    }

    private static void AssertSame(List<string> expected, List<string> actual, string which)
    {
        var at = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.True(expected.SequenceEqual(actual), $"{which}: {expected.Count} expected, {actual.Count} said, the first {at} are the same");
    }
}
