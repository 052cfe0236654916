/** The one thing to do now, in words. */

import { words } from "../../words/words";

export const stageWords = words({
  zh: {
    acknowledge: "接单",
    arrive: "到场",
    inspect: "勘查",
    quote: "报价",
    confirm: "请客户确认价格",
    work: "做检查单",
    ready: "完工,请客户试用",
    trial: "客户验收",
    hand_in: "交单核销",
    await_decision: "等经理处理",
    suspended: "已暂停",
    hazard: "险情处理中",
    returned: "重做退回的步骤",
    over: "已结束",
  },
  en: {
    acknowledge: "Acknowledge",
    arrive: "Arrived",
    inspect: "Inspect",
    quote: "Quote",
    confirm: "Customer confirms the price",
    work: "Work on the checklist",
    ready: "Finished: the customer tries it",
    trial: "Customer accepts",
    hand_in: "Hand in the slip",
    await_decision: "Wait for the manager",
    suspended: "Suspended",
    hazard: "Hazard",
    returned: "Redo the returned steps",
    over: "Over",
  },
});
