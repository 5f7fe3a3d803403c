import { invalidFields, type Problem, ProblemError } from '@saucery/chassis/http/problem'
import type { Caller } from '@saucery/contracts/access/scope'
import { isTimeLimit } from '../store/mongo-errors.ts'
import type { ViewStore } from '../store/view-store.ts'
import { type Statistics, statisticsOf } from '../view/statistics.ts'
import { type StatisticsParameters, statisticsKey, statisticsQuery } from '../view/statistics-query.ts'
import { NoPlace, openPlaces } from './places.ts'
import { shareAnswers } from './shared-answers.ts'

const limits = { all: 3, ofCaller: 1, waitingOfCaller: 20, waiting: 100, waitMs: 2000 }

/**
 * Counts the orders of a period, at most `maxMs` long. Statistics read every order of the period, and every page asks
 * for them every few seconds: equal questions share one answer, and few different ones are answered at once.
 */
export function openStatistics(views: Pick<ViewStore, 'countPeriod'>, maxMs = 5000) {
  const share = shareAnswers<Statistics>()
  const inPlace = openPlaces(limits)
  return async (caller: Caller, parameters: StatisticsParameters): Promise<Statistics> => {
    const query = statisticsQuery(parameters, Date.now())
    if ('parameter' in query) throw new ProblemError(invalidFields([query]))
    const count = async () => {
      const { placed, tookMs } = await views.countPeriod(query, maxMs)
      return statisticsOf(query, placed, tookMs)
    }
    try {
      return await share(statisticsKey(parameters, query), () => inPlace(placeOf(caller), count))
    } catch (error) {
      if (error instanceof NoPlace) throw new ProblemError(busy)
      if (isTimeLimit(error)) throw new ProblemError(tooSlow)
      throw error
    }
  }
}

/** A branch has the places of one caller, however many people it signs in. */
const placeOf = (caller: Caller): string =>
  caller.role === 'branch' ? `branch ${caller.branchId}` : `${caller.role} ${caller.subject}`

const busy: Problem = {
  status: 503,
  code: 'statistics-busy',
  title: 'Too many different statistics are being counted; try again',
}

const tooSlow: Problem = {
  status: 503,
  code: 'statistics-too-slow',
  title: 'Counting took too long; ask for a shorter period',
}
