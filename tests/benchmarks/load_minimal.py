"""The least that an aiogram bot can be: one state read and written and one message sent for each message, all in memory.

`python -m tests.benchmarks.load_minimal BASE [PORT]`: polls the Bot API at BASE, or takes a webhook at 127.0.0.1:PORT.
"""

from __future__ import annotations

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.benchmarks.load_api import TOKEN

ANSWER = "Mình đã ghi lại. Mã câu hỏi của bạn: TN-0001. Bạn cứ viết tiếp nhé."
PATH = "/webhook"


async def answer(message: Message, state: FSMContext) -> None:
    known = await state.get_data()
    await state.set_data({"count": known.get("count", 0) + 1, "last": message.text})
    await message.answer(ANSWER)


async def main(base: str, port: int) -> None:
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(base)))
    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.message.register(answer)
    if not port:
        await dispatcher.start_polling(bot)
        return
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False).register(app, PATH)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await bot.set_webhook(f"http://127.0.0.1:{port}{PATH}")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else 0))
