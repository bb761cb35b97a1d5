using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Tests.Protocol;

public sealed class MessageEnvelopeTests
{
    private static readonly byte[] From = EnvelopeWriter.FromJson("u1", "c1");

    [Fact]
    public void Write_ToARoom_EveryFieldInOrder() =>
        Assert.Equal(
            """{"type":"message","room":"chat:1","from":{"user":"u1","connection":"c1"},"event":"e\n","key":"k","time":1700000000000,"payload":{"a" : 1e999}}""",
            Encoding.UTF8.GetString(Bytes(new MessageEnvelope
            {
                JsonRoom = "chat:1"u8,
                FromJson = From,
                RawEvent = "e\\n"u8,
                RawKey = "k"u8,
                Time = 1_700_000_000_000,
                Payload = "{\"a\" : 1e999}"u8,
            })));

    [Fact]
    public void Write_OtherTargets_Shape()
    {
        Assert.Equal("""{"type":"message","to":"u2","time":0,"payload":1}""", Encoding.UTF8.GetString(Bytes(new MessageEnvelope { JsonTo = "u2"u8, Payload = "1"u8 })));
        Assert.Equal("""{"type":"message","namespace":"chat","time":0,"payload":1}""", Encoding.UTF8.GetString(Bytes(new MessageEnvelope { JsonNamespace = "chat"u8, Payload = "1"u8 })));
        Assert.Equal("""{"type":"message","everybody":true,"time":0,"payload":1}""", Encoding.UTF8.GetString(Bytes(new MessageEnvelope { Everybody = true, Payload = "1"u8 })));
    }

    [Fact]
    public void Length_NoTarget_IsAFaultOfTheCaller() =>
        Assert.Throws<InvalidOperationException>(() => new MessageEnvelope { Payload = "1"u8 }.Length);

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(-9)]
    [InlineData(-10)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Length_AnyTime_Exact(long time)
    {
        JsonElement json = Written.Parsed(Bytes(new MessageEnvelope { Everybody = true, Time = time, Payload = "null"u8 }));

        Assert.Equal(time, json.GetProperty("time").GetInt64());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    public void Write_Binary_LengthEnvelopeBytes(int size)
    {
        byte[] payload = new byte[size];
        new Random(7).NextBytes(payload);

        byte[] message = Bytes(new MessageEnvelope { JsonRoom = "r"u8, FromJson = From, RawEvent = "e"u8, Time = 5, Payload = payload, Binary = true });

        int length = BinaryPrimitives.ReadUInt16BigEndian(message);
        Assert.Equal(
            """{"type":"message","room":"r","from":{"user":"u1","connection":"c1"},"event":"e","time":5}""",
            Encoding.UTF8.GetString(message, 2, length));
        Assert.Equal(payload, message[(2 + length)..]);
    }

    [Fact]
    public void Write_LongestFields_FitTheBinaryForm()
    {
        Assert.True(RoomName.TryParse(string.Concat(Enumerable.Repeat("\"", 255)), out RoomName? room, out _));
        byte[] from = EnvelopeWriter.FromJson(new string('"', 250), new string('c', 64));
        byte[] raw = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\\ud83d\\ude00", 64)));

        byte[] message = Bytes(new MessageEnvelope { JsonRoom = room.Json.Span, FromJson = from, RawEvent = raw, RawKey = raw, Time = long.MaxValue, Payload = [1], Binary = true });

        Assert.Equal(message.Length - 3, BinaryPrimitives.ReadUInt16BigEndian(message));
    }

    [Fact]
    public void Write_WhatWasRead_RoundTrips()
    {
        const string payload = "{ \"a\":\"\\ud800\", \"b\":[1e999,\t-0] }";
        Envelope read = Read.Good($"{{\"type\":\"broadcast\",\"room\":\"ch\\u0061t:\\\"ä\\\"\",\"event\":\"\\u0065\\\"\",\"key\":\"\\u006b\",\"payload\": {payload} }}");
        RoomName room = RoomName.Create(read.Room.Name.Span);

        byte[] message = Bytes(new MessageEnvelope
        {
            JsonRoom = room.Json.Span,
            RawEvent = read.Event.Span,
            RawKey = read.Key.Span,
            Time = 1,
            Payload = read.Payload.Span,
        });

        JsonElement json = Written.Parsed(message);
        Assert.Equal("chat:\"ä\"", json.GetProperty("room").GetString());
        Assert.Equal("e\"", json.GetProperty("event").GetString());
        Assert.Equal("k", json.GetProperty("key").GetString());
        Assert.Equal(payload, json.GetProperty("payload").GetRawText());
    }

    [Fact]
    public void Write_DestinationTooShort_Throws() =>
        Assert.ThrowsAny<ArgumentException>(() => new MessageEnvelope { Everybody = true, Payload = "12345"u8 }.Write(new byte[10]));

    /// <summary>Written into a guarded buffer of exactly its length.</summary>
    private static byte[] Bytes(in MessageEnvelope message)
    {
        const byte guard = 0xA5;
        int length = message.Length;
        byte[] buffer = new byte[length + 2];
        buffer.AsSpan().Fill(guard);
        message.Write(buffer.AsSpan(1, length));
        Assert.Equal(guard, buffer[0]);
        Assert.Equal(guard, buffer[^1]);
        return buffer[1..^1];
    }
}
