using WsCore.Protocol;

namespace WsCore.Tests.Protocol;

public sealed class AckWriterTests
{
    [Fact]
    public void Ack_NothingToTell_TypeAndId() =>
        Assert.Equal("""{"type":"ack","id":"a\n"}""", Written.By(writer => AckWriter.Begin(writer, "a\\n"u8).End()));

    [Fact]
    public void Ack_OfOneRoom_Shape() =>
        Assert.Equal(
            """{"type":"ack","id":"1","room":"chat:1","epoch":"e\"","seq":5,"count":3,"recovered":false,"duplicate":true,"payload":[1, 2],"x":{"y":1}}""",
            Written.By(writer =>
            {
                AckWriter ack = AckWriter.Begin(writer, "1"u8);
                ack.Room("chat:1"u8);
                ack.Position("e\"", 5);
                ack.Count(3);
                ack.Recovered(false);
                ack.Duplicate();
                ack.Payload("[1, 2]"u8);
                ack.Raw("x"u8, "{\"y\":1}"u8);
                ack.End();
            }));

    [Fact]
    public void Ack_OfSeveralRooms_Results() =>
        Assert.Equal(
            """{"type":"ack","id":"1","results":[{"room":"a","count":1},{"room":"b","code":"forbidden","message":"No."},{}],"more":false}""",
            Written.By(writer =>
            {
                AckWriter ack = AckWriter.Begin(writer, "1"u8);
                ack.BeginResults();
                ack.BeginResult();
                ack.Room("a"u8);
                ack.Count(1);
                ack.EndResult();
                ack.BeginResult();
                ack.Room("b"u8);
                ack.Refused(ErrorCodes.Forbidden, "No.");
                ack.EndResult();
                ack.BeginResult();
                ack.EndResult();
                ack.EndResults();
                ack.More(false);
                ack.End();
            }));

    [Fact]
    public void Ack_Members_Shape() =>
        Assert.Equal(
            """{"type":"ack","id":"1","room":"a","members":[{"user":"J\"","connections":2,"since":10,"state":null},{"connection":"c9","connections":1,"since":11}],"count":2,"more":true}""",
            Written.By(writer =>
            {
                AckWriter ack = AckWriter.Begin(writer, "1"u8);
                ack.Room("a"u8);
                ack.BeginMembers();
                ack.Member("J\"", 2, 10, "null"u8);
                ack.Member(null, 1, 11, default, "c9");
                ack.EndMembers();
                ack.Count(2);
                ack.More(true);
                ack.End();
            }));

    [Fact]
    public void Ack_NoMembers_EmptyArray() =>
        Assert.Equal(
            """{"type":"ack","id":"1","members":[],"more":false}""",
            Written.By(writer =>
            {
                AckWriter ack = AckWriter.Begin(writer, "1"u8);
                ack.BeginMembers();
                ack.EndMembers();
                ack.More(false);
                ack.End();
            }));
}
