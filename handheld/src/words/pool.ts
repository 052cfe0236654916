/** What is said about the open pool (抢单), and about a claim. */

import { words } from "./words";

export const poolWords = words({
  zh: {
    title: "可抢工单",
    how: "先按先得。抢到后,工单自动同步到“工单”页。",
    loading: "正在读取…",
    none: "现在没有可抢的工单",
    noneHow: "有新的会发通知,并出现在这里。",
    needsNetwork: "没有网络。抢单需要网络,联网后自动刷新。",
    asOf: (clock: string) => `以下是 ${clock} 的情况。`,
    noAppointment: "未约时间",
    take: "抢单",
    taking: "正在抢…",
    taken: (number: string) => `抢到了:${number},正在同步到本机`,
    quicker: (number: string) => `${number} 已被别人抢走或收回`,
    noAnswer: "没有收到服务器的回答。抢单需要网络;联网后再按一次,重复按没有关系。",
  },
  en: {
    title: "Open pool",
    how: "The first to press has it. The order then comes to your work list by itself.",
    loading: "Reading…",
    none: "Nothing to take just now",
    noneHow: "A new one is announced by a notice and appears here.",
    needsNetwork: "No network. Claiming needs the network; the list is renewed once there is one.",
    asOf: (clock: string) => `What follows is as of ${clock}.`,
    noAppointment: "No appointment",
    take: "Take it",
    taking: "Taking it…",
    taken: (number: string) => `Yours: ${number}, on its way to this handheld`,
    quicker: (number: string) => `${number}: another was quicker, or it was taken back`,
    noAnswer:
      "No answer came. Claiming needs the network: press again once there is one; pressing twice does no harm.",
  },
});
