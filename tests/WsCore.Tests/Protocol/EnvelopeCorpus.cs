namespace WsCore.Tests.Protocol;

/// <summary>Good envelopes of every type, where the mutations of the fuzz test begin.</summary>
internal static class EnvelopeCorpus
{
    public static string[] Text { get; } =
    [
        """{"type":"join","id":"1","room":"lobby"}""",
        """{"type":"join","id":"2","room":"chat:1","since":{"epoch":"e1","seq":42},"state":{"mood":"ok"},"members":true}""",
        """{"type":"join","rooms":["a","b",{"room":"chat:c","since":{"epoch":"\u0065","seq":0},"state":[1,null,"x"]}]}""",
        """{"type":"leave","id":"3","room":"user:7"}""",
        """{"type":"leave","rooms":["a","\u0062","ä😀"]}""",
        """{"type":"broadcast","id":"4","room":"lobby","payload":{"text":"hello","n":[1,2.5,-3e7,true,false,null]}}""",
        """{"type":"broadcast","rooms":["a","b"],"payload":"😀 \ud83d\ude00 \" \\ \/ \b","event":"e\u0076","echo":true,"ephemeral":true,"key":"k\u006b"}""",
        """ { "type" : "broadcast" , "room" : "r" , "payload" : [ [ [ ] ] , { } ] , "once" : "0123456789abcdef" , "reliable" : true } """,
        """{"type":"send","to":"J\u00f6rg","payload":null,"event":"x","once":"0b8e4f0e-5d0c-4f5e-9f0a-2f1c7a0f6c11"}""",
        """{"type":"state","room":"a","state":{}}""",
        """{"type":"members","room":"a","after":"u1","limit":100}""",
        """{"type":"online","users":["a","b"]}""",
        """{"type":"history","room":"a","since":{"epoch":"e","seq":1},"limit":10}""",
        """{"type":"call","id":"5","method":"add","payload":[1,2]}""",
        """{"type":"ping","id":"6"}""",
        """{"type":"ack","id":"m1"}""",
        """{"type":"ack","ids":["m1","m\u0032"]}""",
        """{"type":"auth","token":"abc"}""",
        """{"ty\u0070e":"ping","a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"\u006a":10}""",
        """{"type":"broadcast","room":"a","payload":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}""",
    ];

    public static string[] WithPayload { get; } =
    [
        """{"type":"broadcast","id":"4","room":"lobby","event":"e"}""",
        """{"type":"send","to":"u","once":"0123456789abcdef"}""",
        """{"type":"call","id":"5","method":"add"}""",
    ];
}
