import type { Texts } from './en.ts'

/** The page in Korean. */
export const ko: Texts = {
  frame: {
    skip: '본문으로 건너뛰기',
    pages: '페이지',
    orders: '주문',
    overdue: '기한 초과',
    deliveries: '배송',
    operations: '운영',
    language: '언어',
    notFound: '페이지를 찾을 수 없음',
    closedTo: (role) => `${role} 역할에는 닫혀 있는 페이지일 수도 있습니다.`,
    toStart: '시작 페이지로',
    orderTitle: (id) => `주문 ${id}`,
  },
  time: {
    ms: (n) => `${n} ms`,
    s: (n) => `${n}초`,
    min: (n) => `${n}분`,
    h: (n) => `${n}시간`,
    d: (n) => `${n}일`,
    now: '지금',
    in: (span) => `${span} 후`,
    ago: (span) => `${span} 전`,
  },
  connection: {
    connecting: '연결 중…',
    live: '실시간',
    reconnecting: '다시 연결 중…',
    off: '실시간 갱신 없음',
  },
}
